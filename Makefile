.PHONY: format check test docs demo bench

format:
	ruff format src tests examples benchmarks
	ruff check --fix src tests examples benchmarks

check:
	ruff format --check src tests examples benchmarks
	ruff check src tests examples benchmarks
	mypy
	lint-imports
	NO_MKDOCS_2_WARNING=1 mkdocs build --strict

test:
	pytest

demo:
	crossglg demo

docs:
	NO_MKDOCS_2_WARNING=1 mkdocs build --strict
