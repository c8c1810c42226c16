"""Colors and camera, adjusted"""
