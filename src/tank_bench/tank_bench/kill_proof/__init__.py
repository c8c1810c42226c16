"""Kill -9 of each process in full motion"""
