"""The offline embedder as serving runs it: an ONNX model made once from the same weights.

    <model>-onnx<revision>/   model.onnx, weights.bin, tokenizer.json, seal.json (their SHA-256)

It stands beside the sentence-transformers folder, is written next to its place and moved there whole.
What it gives is the reference's embedding (docs/decisions/012-serving.md), so that an index built with
the one is asked with the other.
"""

import json
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from corpus.errors import EmbedderError
from index.embedders import offline
from index.embedders.onnx_model import MODEL, TOKENIZER, OnnxEmbedder
from index.embedders.tuning import TunedE5File, load_tuning
from index.seal import find_damage, seal

# Raised when what `prepare` writes changes.
REVISION = 3
SEAL = "seal.json"
# Beside the graph, so that ONNX Runtime maps the file instead of copying it into memory.
WEIGHTS = "weights.bin"
MAPPED_BYTES = 1024
MENDS = "请运行 wengui index build 修复,或设置 WENGUI_ENGINE=torch 暂用参考引擎。"


def folder_in(cache_folder: Path) -> Path:
    """Where the exported model stands in a cache folder."""
    reference = offline.folder_in(cache_folder)
    return reference.with_name(f"{reference.name}-onnx{REVISION}")


def _sealed(folder: Path) -> dict[str, str]:
    """The checksums that were written with the files; none where they cannot be read."""
    try:
        sums = json.loads((folder / SEAL).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return sums if isinstance(sums, dict) else {}


def damage(folder: Path) -> str:
    """What is wrong with an exported model, in Chinese, or ''."""
    sums = _sealed(folder)
    if set(sums) != {MODEL, WEIGHTS, TOKENIZER}:
        return f"{SEAL} 缺失或损坏"
    return "、".join(f"{found.part} {found.what}" for found in find_damage(folder, sums))


def agreement(embedder: OnnxEmbedder) -> float:
    """The smallest cosine between the model's embeddings and those of the reference."""
    reference = json.loads(offline.REFERENCE.read_text(encoding="utf-8"))
    cosines = []
    for case in reference["cases"]:
        expected = np.array(case["embedding"], dtype=np.float32)
        if case["prompt"] == "query":
            found = embedder.embed_query(case["text"])
        else:
            found = embedder.embed_documents([case["text"]])[0]
        cosines.append(float(found @ expected / np.linalg.norm(expected)))
    return min(cosines)


def _write(tokenizer: Path, folder: Path) -> None:
    """Write the model, the tokeniser and the seal; EmbedderError where the embeddings are not the reference's."""
    import onnx

    from index.embedders.graph import make_model

    weights = offline.weights_path()
    offline.check_weights(weights)
    folder.mkdir()
    with weights.open("rb") as stream:
        source = TunedE5File(stream, load_tuning())
        onnx.save(
            make_model(source, offline.kept_pieces(source.vocabulary), load_tuning().head),
            folder / MODEL,
            save_as_external_data=True,
            location=WEIGHTS,
            size_threshold=MAPPED_BYTES,
        )
    shutil.copyfile(tokenizer, folder / TOKENIZER)
    cosine = agreement(OnnxEmbedder(folder, name="", fingerprint=""))
    if cosine < offline.MIN_AGREEMENT:
        raise EmbedderError(
            f"导出的嵌入模型与参考向量的余弦只有 {cosine:.4f},应不低于 {offline.MIN_AGREEMENT}。"
            "请运行 make setup 重装依赖后再试,或设置 WENGUI_ENGINE=torch 用参考引擎。"
        )
    (folder / SEAL).write_text(json.dumps(seal(folder)), encoding="utf-8")


def _replace(finished: Path, target: Path) -> None:
    """Put a finished folder in its place; a damaged one goes, a whole one of another process stays."""
    if target.exists():
        if not damage(target):
            return
        shutil.rmtree(target)
    try:
        finished.rename(target)
    except OSError:
        if damage(target):
            raise


def prepare(
    cache_folder: Path,
    progress: Callable[[str], None] = lambda message: None,
    *,
    mend: bool = False,
) -> Path:
    """The folder of the exported model, made where it is missing (seconds, 55 MB).

    With `mend` a damaged one is made anew; without, EmbedderError names the command that does so. The
    reference is prepared first where it is missing too.
    """
    target = folder_in(cache_folder)
    if target.exists() and not (mend and damage(target)):
        return target
    reference = offline.prepare(cache_folder, progress)
    progress("导出 ONNX 模型")
    try:
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".exporting-") as work:
            finished = Path(work, "finished")
            _write(reference / "tokenizer.json", finished)
            _replace(finished, target)
    except OSError as error:
        raise EmbedderError(f"嵌入模型不能导出到 {target}({error.strerror})。{MENDS}") from error
    return target


def open_exported(cache_folder: Path) -> OnnxEmbedder:
    """The embedder that runs the exported model, prepared where it is missing.

    It bears the reference's name and fingerprint. EmbedderError where a file is not what was exported.
    """
    folder = prepare(cache_folder)
    if wrong := damage(folder):
        raise EmbedderError(f"导出的嵌入模型 {folder} 已损坏:{wrong}。{MENDS}")
    fingerprint = offline.folder_in(cache_folder).name
    return OnnxEmbedder(folder, name=offline.NAME, fingerprint=fingerprint)
