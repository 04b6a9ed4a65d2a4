# The till.
till-title = صندوق
