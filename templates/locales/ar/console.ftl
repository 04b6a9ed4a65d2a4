# The console: where whoever runs the program works.

console-skip = الانتقال إلى المحتوى
console-rooms = لوحة الإدارة
console-program = البرنامج
console-program-show = عرض
role-owner = المالك
role-manager = مدير
role-marketer = مسوّق
role-cashier = أمين الصندوق
role-integration = ربط آلي
role-auditor = مدقق

console-overview = نظرة عامة
console-today = اليوم
console-joined = أعضاء جدد
console-orders = طلبات كسبت نقاطًا
console-given = نقاط مُنحت
console-used = نقاط استُخدمت
console-moved = آخر الحركات
console-moved-none = لا حركة بعد. أول طلب عند الصندوق يظهر هنا.
console-newest = أحدث الأعضاء
console-newest-none = لم ينضم أحد بعد. ضع الملصق على طاولة البيع.
console-poster = ملصق لطاولة البيع
console-join = صفحة انضمام العملاء
