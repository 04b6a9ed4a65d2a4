//! How the people of a crowd are called, and which languages they read.

/// A language with first and last names of people who read it.
pub(super) struct Tongue {
    pub(super) tag: &'static str,
    pub(super) first: &'static [&'static str],
    pub(super) last: &'static [&'static str],
}

/// In the order of how many there are of each; English half of the time.
pub(super) const TONGUES: [Tongue; 5] = [
    Tongue {
        tag: "en",
        first: &[
            "Amélie", "Ben", "Clara", "Daniel", "Elena", "Finn", "Grace", "Hugo", "Ida", "Jonas", "Katya",
            "Luca", "Marta", "Noah", "Olivia", "Pablo", "Rosa", "Sven", "Teresa", "Zoë",
        ],
        last: &[
            "Andersen",
            "Brown",
            "Costa",
            "Dubois",
            "Evans",
            "Fischer",
            "García",
            "Hughes",
            "Ivanova",
            "Jansen",
            "Kowalski",
            "Lopez",
            "Moretti",
            "Novák",
            "O’Brien",
            "Schmidt",
        ],
    },
    Tongue {
        tag: "ar",
        first: &[
            "أحمد", "ليلى", "يوسف", "مريم", "كريم", "نور", "سمير", "هدى", "عمر", "سلمى",
        ],
        last: &["حداد", "منصور", "خليل", "ناصر", "صالح", "عيسى", "فارس", "درويش"],
    },
    Tongue {
        tag: "fa",
        first: &[
            "پریسا",
            "داریوش",
            "شیرین",
            "کیان",
            "نگار",
            "آرش",
            "مهسا",
            "بهرام",
            "لاله",
            "سهراب",
        ],
        last: &[
            "احمدی",
            "کریمی",
            "رستمی",
            "جعفری",
            "تهرانی",
            "نوری",
            "شریفی",
            "مرادی",
        ],
    },
    Tongue {
        tag: "zh-Hans",
        first: &["伟", "芳", "娜", "敏", "静", "磊", "洋", "艳", "杰", "婷"],
        last: &["王", "李", "张", "刘", "陈", "杨", "赵", "黄"],
    },
    Tongue {
        tag: "zh-Hant",
        first: &[
            "怡君", "家豪", "淑芬", "志明", "雅婷", "俊傑", "美玲", "冠宇", "欣怡", "宗翰",
        ],
        last: &["林", "陳", "黃", "張", "吳", "劉", "蔡", "許"],
    },
];

/// The tongue for a number from 0 to 99.
pub(super) fn tongue(percent: u64) -> &'static Tongue {
    let [english, arabic, persian, simplified, traditional] = &TONGUES;
    match percent {
        0..50 => english,
        50..70 => arabic,
        70..80 => persian,
        80..92 => simplified,
        _ => traditional,
    }
}
