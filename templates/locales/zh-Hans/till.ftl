# The till.
till-title = 收银台
