# The till.
till-title = 收銀台
