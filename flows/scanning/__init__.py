"""The command `cakupan scan`: nobody is to be found outside of landing."""
