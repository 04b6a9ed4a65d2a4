# The console: where whoever runs the program works.

console-skip = رفتن به محتوا
console-rooms = پیشخان مدیریت
console-program = برنامه
console-program-show = نمایش
role-owner = مالک
role-manager = مدیر
role-marketer = بازاریاب
role-cashier = صندوقدار
role-integration = اتصال خودکار
role-auditor = حسابرس

console-overview = نمای کلی
console-today = امروز
console-joined = اعضای تازه
console-orders = خریدهای امتیازدار
console-given = امتیازهای داده‌شده
console-used = امتیازهای خرج‌شده
console-moved = آخرین جابه‌جایی‌ها
console-moved-none = هنوز چیزی جابه‌جا نشده است. نخستین خرید پای صندوق اینجا دیده می‌شود.
console-newest = تازه‌ترین اعضا
console-newest-none = هنوز کسی عضو نشده است. پوستر را روی پیشخان بگذارید.
console-poster = پوستر پیشخان
console-join = صفحهٔ عضویت مشتریان
