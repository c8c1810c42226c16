"""From where an image was taken"""
