"""Which languages need somebody who speaks them."""

NEED_A_SPEAKER = frozenset(
    {
        *("朝鲜语", "韩语", "蒙古语", "维吾尔语", "哈萨克语", "藏语", "彝语", "壮语", "俄语", "英语"),
        *("粤语", "广东话", "客家话", "闽南语", "闽南话", "潮汕话", "福州话", "莆田话"),
        *("吴语", "上海话", "苏州话", "宁波话", "温州话", "湘语", "赣语", "平话", "徽语"),
    }
)
"""Other languages, and the Chinese dialect groups outside Mandarin (官话), which its speakers don't follow.

The groups are those of the Language Atlas of China (中国语言地图集, 2nd edition, 2012). Any other word, as
东北话, is taken for a kind of Mandarin: it counts points and excludes nobody.
"""
