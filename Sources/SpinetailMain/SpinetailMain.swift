// SpinetailMain
