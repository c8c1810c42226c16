"""What every training run shares"""
