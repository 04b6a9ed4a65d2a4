// Prints what KDE's pass reader (KPkPass) sees in a pass, one fact a line.
//
//   reader FILE LANGUAGE

#include <KPkPass/Barcode>
#include <KPkPass/Field>
#include <KPkPass/Pass>

#include <QColor>
#include <QCoreApplication>
#include <QImage>
#include <QLocale>
#include <QTextStream>
#include <QUrl>
#include <QVector>

#include <memory>

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    const QStringList arguments = app.arguments();
    if (arguments.size() != 3) {
        return 64;
    }
    QLocale::setDefault(QLocale(arguments.at(2)));
    const std::unique_ptr<KPkPass::Pass> pass(KPkPass::Pass::fromFile(arguments.at(1)));
    if (!pass) {
        return 65;
    }
    QTextStream out(stdout);
#if QT_VERSION < QT_VERSION_CHECK(6, 0, 0)
    out.setCodec("UTF-8");
#endif
    out << "store card: " << (pass->type() == KPkPass::Pass::StoreCard) << '\n';
    out << "type: " << pass->passTypeIdentifier() << '\n';
    out << "serial: " << pass->serialNumber() << '\n';
    out << "organisation: " << pass->organizationName() << '\n';
    out << "description: " << pass->description() << '\n';
    out << "logo text: " << pass->logoText() << '\n';
    out << "background: " << pass->backgroundColor().name() << '\n';
    out << "update: " << pass->passUpdateUrl().toString() << '\n';
    out << "icon: " << pass->icon().width() << " by " << pass->icon().height() << '\n';
    out << "strip grey: " << qGray(pass->strip().pixel(0, 0)) << '\n';
    const auto barcodes = pass->barcodes();
    for (const KPkPass::Barcode &barcode : barcodes) {
        out << "barcode: QR " << (barcode.format() == KPkPass::Barcode::QR) << ' ' << barcode.message() << " / "
            << barcode.alternativeText() << '\n';
    }
    const auto fields = pass->fields();
    for (const KPkPass::Field &field : fields) {
        out << "field: " << field.key() << " | " << field.label() << " | " << field.value().toString() << '\n';
    }
    return 0;
}
