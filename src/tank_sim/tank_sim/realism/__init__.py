"""What a real robot does worse"""
