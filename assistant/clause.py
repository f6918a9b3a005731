"""The parts of a short Chinese question: its time, its topic, what it counts, the phrase before a noun.

Everything works on questions in standard form (`index.lexicon.standard_form`): folded, dialect
replaced. No grammar is needed for that, only the words that questions are built with.
"""

import re

TIME = re.compile(
    r"(?:到|在|截至)?“?(?:(?:19|20)\d\d年?|十[一二三四五六七八九]五|现在|目前|如今|今年|去年|明年|前年|后年)”?"
    r"(?:规划)?(?:期间|的时候|时候|时期|年末|年底|初期|末期|末|底|以后|之后|以前|之前|那年|那会儿?)?"
)
YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d")
ASKS = re.compile(
    r"什么|怎么|怎样|如何|多少|多久|多大|多长|多高|多远|几|哪|谁|吗|为何|是不是|有没有|能不能|会不会|是否|可不可以|行不行|(?<![.\d])不\?*$"
)
_COUNTER = r"(?:个|名|所|间|项|种|位|家|处|门|套|条|级|类|次|万|亿|份|支|座|场|批)"
_COUNTED = re.compile(
    rf"(?:多少|几|哪些|哪几|哪|什么)(?:百|千)?(?:{_COUNTER}(?!师|额|单|目|园|长))*(?P<noun>[^?,。]*)\?*$"
)
_BARE_COUNT = re.compile(rf"(?:多少|几){_COUNTER}\?*$")
_NO_NOUN = re.compile(
    r"百分点|(?:分之|[元钱年月天久岁%]|平方米|公顷|亩)|^的|^[了吗呢]|^(?:里|时候|儿|个)|^$"
)
_MEASURE = re.compile(r"^.$")
_FRONT = re.compile(
    rf"^(?:(?:规划|文件|这份规划|方案)(?:里|中|对|说|提出|要求)?)?(?:{TIME.pattern})?[,的]?"
)
# Where a topic ends: the first of these words, unless it is part of a longer one.
_CUE = re.compile(
    r"一共|总共|分别|先在|每|(?<![主重需])要(?![求素点])|将|拟|(?<![社员])会(?![议计员])|应该|应当|必须|"
    r"(?<![智功职技才])能(?![力源])|可以|(?<!还)是|(?<![国没所拥具])有(?![关效序机])|没有|达到|占(?![比地])|"
    r"(?<!现)在(?![校园读职编线籍])|从(?!业)|怎么|怎样|如何|什么|哪|谁|多少|几|为什么|为何|到底|到(?=(?:19|20)\d\d)|"
    r"缩短|缩减|提高|增长|增加|减少|下降|提升到|设立|建(?=几|多少|了|成|哪|什么)|修(?=什么|几|多少)|带(?!头)|做什么|"
    r"培育|培养(?!方)|选派|新增|新建|创建|完成|用在|参加|坚持|拿|获得|覆盖(?!率)|支持|帮助|[跟和与](?=哪|什么|谁)|包括|需要|提出"
)
# A story that goes on into the question: 我在乡下教书,…,想请教一下….
_INTRODUCED = re.compile(
    r"^.{12,}[,，](?:我?想(?:请)?[问教]一?[下问]?|想请教一?下?|请问|麻烦(?:您|你)?问一?下|想(?:了解|知道)(?:一下)?|请教(?:一下)?)[,，]?"
    r"(?=.{10,})"
)
# What stands for something that was said before.
_LEANS = re.compile(
    r"两者|二者|前者|后者|它们|这两|这些|那些|这个数|^(?:那|它|这(?![份部篇])|其中)"
)
# What the words before a question say to whoever reads: 请帮忙确认:….
PREFACE = re.compile(
    r"^[^?。]*[:：]|^[^?。:]*[,，](?:[想请]|麻烦|打扰)[^,，?。]{0,4}(?:请教|问|咨询|了解|核实|核对|确认)(?:一?下|一哈|您|你|个事)?[,，]?(?=.{8})"
)
# Fewer characters than these lean on what was said before them.
STANDS_ALONE = 10
_TAIL = re.compile(r"(?:的?(?:目标|指标)(?:值)?|的|,|、|结果|情况)+$")
# What cannot belong to the noun phrase that ends at a place.
_BEFORE_PHRASE = re.compile(
    r".*(?:[的对在和跟与把被给让由从到年是有要会能里中,?、。\d]|区(?![外内])|支持|新建|改扩建|扩建|建设|培育|培养|新增|创建|选派|安排|"
    r"招收|办好|帮助|推进|加强|实施|鼓励|多少|几|哪些|什么|所|名|个|怎么|如何|规划|期间|”)"
)


def own_sentence(question: str) -> str:
    """The sentence that asks, of several: `规划要新建哪几所小学?先说一个。` → its first."""
    sentences: list[str] = [
        part for part in re.findall(r"[^?。!]+[?。!]?", question) if part.strip()
    ]
    asking = [part for part in sentences if ASKS.search(part)]
    best: str = (asking or sentences or [question])[-1]
    return best.strip()


def asking_part(question: str, *, alone: bool = True) -> str:
    """The sentences that ask, without the story before them; all where they are too short.

    Where they must stand `alone`, all too if a word of theirs points back to the story.

    >>> asking_part("我在写一篇文章,还差一个数。请问在园幼儿数的目标是多少?")
    '请问在园幼儿数的目标是多少?'
    >>> asking_part("我要转学。怎么办?")
    '我要转学。怎么办?'
    """
    sentences = re.findall(r"[^?。!]+[?。!]*", _INTRODUCED.sub("", question))
    marked = [part for part in sentences if part.endswith("?")]
    if sentences and ASKS.search(sentences[-1]) and sentences[-1] not in marked:
        marked.append(sentences[-1])
    asking = "".join(marked or [part for part in sentences if ASKS.search(part)])
    leans = alone and _LEANS.search(asking) and asking != question
    return question if leans or len(asking) < STANDS_ALONE else asking


def front(question: str) -> str:
    """What stands before the topic: who says it, and when; often empty."""
    match = _FRONT.match(question)
    return match[0] if match else ""


def _topic_bounds(question: str) -> tuple[int, int]:
    start = len(front(question))
    cue = _CUE.search(question, start)
    return start, cue.start() if cue else len(question.rstrip("?。! "))


def topic(question: str) -> str:
    """What the question is about, without its time; empty where it begins with a verb.

    >>> topic("学前教育毛入园率2020年是多少?"), topic("要培育多少名市级骨干教师?")
    ('学前教育毛入园率', '')
    """
    start, end = _topic_bounds(question)
    named: str = _TAIL.sub("", TIME.sub("", question[start:end]))
    return "" if named.endswith("了") else named


def with_topic(question: str, new: str) -> str:
    """The question about something else, its time and its predicate kept."""
    start, end = _topic_bounds(question)
    old = question[start:end]
    times = "".join(match[0] for match in TIME.finditer(old))
    ending = re.search(r"(?:的?(?:目标|指标)值?)?$", old)
    return f"{question[:start]}{new}{times}{ending[0] if ending else ''}{question[end:]}"


def counted(question: str) -> str:
    """The noun that the question counts or asks which of, or ''.

    >>> counted("到2025年要新增多少个党建示范点?"), counted("要达到多少?")
    ('党建示范点', '')
    """
    match = _COUNTED.search(question)
    noun: str = match["noun"] if match else ""
    return "" if _NO_NOUN.search(noun) or _MEASURE.match(noun) else noun


def counts_bare(question: str) -> bool:
    """Whether the question ends in a number of something that it does not name (`创建了多少个?`)."""
    return _BARE_COUNT.search(question) is not None


def phrase_start(question: str, place: int) -> int:
    """Where the noun phrase begins that goes on at a place.

    >>> phrase_start("2020年百安移民小学要修什么", 9)
    5
    """
    match = _BEFORE_PHRASE.match(question[:place])
    return match.end() if match else 0


def statement(question: str) -> str:
    """The question without what it asks with: what is known of the matter."""
    bare = re.sub(
        rf"(?:共?有|是|为)?(?:多少|几)(?:{_COUNTER}|万)*人?(?=[?]|$)|(?:多少|几|哪些|哪几|哪|什么|怎么|如何|怎样){_COUNTER}?|[吗呢嘛啊吧]*[?。!]*$",
        "",
        question,
    )
    return re.sub(r"(?:不|没)$", "", bare)


def retimed(question: str, time: str) -> str:
    """The question about another time; one before the old one is no target any more.

    >>> retimed("高中阶段毛入学率2025年目标是多少?", "2020年")
    '高中阶段毛入学率2020年是多少?'
    """
    old = TIME.search(question)
    if old is None:
        return time + question
    years = YEAR.findall(old[0]), YEAR.findall(time)
    bare_year = all(years) and time.strip("年") == years[1][0]
    new = YEAR.sub(time.strip("年"), old[0]) if bare_year else time
    changed = question[: old.start()] + new + question[old.end() :]
    if not all(years) or years[1][0] >= years[0][0]:
        return changed
    changed = re.sub(r"的?目标值?(?=是|为|多少)", "", changed)
    return re.sub(r"要(?=达到|到|有|保持)", "", changed)
