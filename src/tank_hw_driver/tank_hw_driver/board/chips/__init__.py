"""The chips' registers"""
