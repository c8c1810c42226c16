"""What a board does with them"""
