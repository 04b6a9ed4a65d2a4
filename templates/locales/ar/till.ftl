# The till.
till-title = الصندوق
