"""What comes from outside and goes there: files, options, text for people"""
