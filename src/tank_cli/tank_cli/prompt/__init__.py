"""A stack with a prompt"""
