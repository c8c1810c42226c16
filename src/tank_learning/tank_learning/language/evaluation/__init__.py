"""How well a model understands"""
