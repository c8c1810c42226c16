"""Picking things up and putting them down."""
