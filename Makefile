# make run    第一次安装一切,以后直接打开网页
# make setup  只准备,不打开网页
# make test   全部检查:格式、静态检查、类型、导入方向、依赖一致、评测底线、测试
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint .ci/constraints.txt

.PHONY: run setup test check gate format browser clean

run: setup
	$(BIN)/wengui serve

setup: .venv/.installed
	$(BIN)/wengui index build

test: .venv/.installed-dev browser
	$(BIN)/wengui index build
	$(MAKE) --no-print-directory check
	$(MAKE) --no-print-directory gate
	$(BIN)/pytest --numprocesses 2 --dist loadfile

check:
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pip check

# 在 dev 集上评测,对照底线 evals/floor.json
gate:
	$(BIN)/wengui eval run --set dev --processes 2 --out data/evals/gate.json
	$(BIN)/wengui eval gate data/evals/gate.json

format:
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

.venv/bin/python:
	@echo "· 建立 Python 环境 .venv"
	$(PYTHON) -m venv .venv

.venv/.installed: pyproject.toml .ci/constraints.txt | .venv/bin/python
	@echo "· 安装依赖(第一次需要几分钟)"
	$(INSTALL) --editable .
	@touch $@

.venv/.installed-dev: .venv/.installed
	@echo "· 安装开发依赖"
	$(INSTALL) --editable ".[dev]"
	@touch $@

browser:
	@sh .ci/install-browser

clean:
	rm -rf .venv data build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
