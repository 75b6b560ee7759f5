.PHONY: format check style types layers test docs demo web

format:
	ruff format src tests examples benchmarks
	ruff check --fix src tests examples benchmarks

check: style types layers docs

style:
	ruff format --check src tests examples benchmarks
	ruff check src tests examples benchmarks

types:
	mypy

layers:
	lint-imports

test:
	pytest -n auto

demo:
	crossglg demo

docs:
	NO_MKDOCS_2_WARNING=1 mkdocs build --strict

# The page of crossglg serve; needs Node, which users do not. The same sources give the same files.
web:
	cd web && npm ci && npm run check && npm run build
