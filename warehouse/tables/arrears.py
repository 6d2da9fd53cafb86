"""The arrears fact: what payers owe, by the age of every unpaid month."""

from warehouse import vocabulary as v
from warehouse.exposure import PAYERS, follows
from warehouse.schema import Column, Fact, Rule
from warehouse.tables.premium import IURAN


class FactArrears(
    Fact, layer="mart", name="fact_arrears",
    grain="one row per regency, month, as_of_date, segment, programme, funding_source and class of arrears",
):  # fmt: skip
    """All that is unpaid after its due date, of every month up to the month, by the age of each unpaid month.

    Every regency, segment, programme and funding source that was billed up to the month has a row of each class; a
    class in which nothing is owed says zero.
    """

    driven_by = ("iuran",)
    shown_as = "arrears"
    title = "Arrears"
    caution = (
        "The stock of all months up to the month: never add months up. Every unpaid month stands in the class of its own"
        " age, so rupiah add up over classes and accounts do not."
    )

    region_code = v.REGION_CODE.but(source=IURAN)
    month = v.MONTH
    as_of_date = v.AS_OF_DATE
    segment = v.SEGMENT
    programme = v.PROGRAMME
    funding_source = v.FUNDING_SOURCE
    arrears_class = Column(
        v.TEXT,
        "Class of the age of the unpaid month: months from it to the month of as_of_date.",
        "code",
        label_id="Kelas piutang",
        key=True,
        values=v.ARREARS_CLASSES,
    )
    accounts = v.count(
        "Payers (the employer, else the membership) that owe a month of this class. One who owes months of several"
        " classes counts in each, one who owes for several programmes or funding sources in each.",
        "payers", "Penunggak",
    ).but(source=IURAN, additive=False, exposure=PAYERS)  # fmt: skip
    arrears_idr = v.rupiah(
        "Unpaid after the due date of its month. Account by account, all payments known on as_of_date settle the oldest"
        " month first and a surplus goes forward; none settles another account.",
        "Piutang iuran",
    ).but(source=IURAN, exposure=follows("accounts", "fact_premium.arrears_idr"))

    rules = (
        Rule(
            "arrears_of_nobody", "(accounts = 0) = (arrears_idr = 0)",
            "arrears without a payer, or a payer without arrears", "piutang tanpa penunggak, atau penunggak tanpa piutang",
        ),
    )  # fmt: skip
