import SpinetailMain

Spinetail.main()
