print("spinetail")
