# The till.
till-title = Till
