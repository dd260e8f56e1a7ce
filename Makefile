# PGXS builds and installs the module; the other targets call scripts/. CMake is for the core's units.
all:

# One compiler for each processor, unless -j says otherwise.
ifeq ($(MAKELEVEL)$(filter -j%,$(MAKEFLAGS)),0)
MAKEFLAGS += -j$(shell nproc 2>/dev/null || echo 1)
endif

EXTENSION = control/migrate
MODULE_big = migrate
DATA = $(wildcard control/migrate--*.sql)
CORE_OBJS = $(patsubst %.cpp,%.o,$(wildcard src/core/*/*.cpp src/core/*/*/*.cpp))
SERVER_OBJS = $(patsubst %.cpp,%.o,$(wildcard src/*.cpp src/server/*/*.cpp src/server/*/*/*.cpp))
OBJS = $(CORE_OBJS) $(SERVER_OBJS)

PG_CONFIG ?= pg_config
PG_CPPFLAGS = -Isrc
# -O0 builds in half of the time.
OPTIMIZE = -O2
PG_CXXFLAGS = -std=c++20 $(OPTIMIZE) -Wall -Wextra -Werror -Wno-register -Wno-unused-parameter \
	-Wno-missing-field-initializers -Wno-sign-compare -fvisibility=hidden -fvisibility-inlines-hidden -MMD -MP \
	$(if $(findstring clang,$(shell $(CXX) --version 2>&1)),$(CLANG_CXXFLAGS))
# The server's headers and flags were configured for gcc, and clang does not know all of them.
CLANG_CXXFLAGS = -Wno-unknown-warning-option -Wno-ignored-attributes
# Some server images have no libstdc++. PGXS links with the C compiler.
SHLIB_LINK = -static-libgcc -Wl,-Bstatic -lstdc++ -Wl,-Bdynamic -lm -Wl,--version-script=$(CURDIR)/src/exports.map
# Bitcode would serve inlining into queries; every call here does far more than a call costs.
override with_llvm = no

# Headers that nearly every file includes are compiled once. gcc takes X.h.gch where -include names X.h.
PRECOMPILED = src/precompiled/core.h.gch src/precompiled/server.h.gch

# PGXS does not track the headers of C++ sources in folders: the compiler writes them down beside each object.
DEPENDENCIES = $(OBJS:.o=.d) $(PRECOMPILED:.h.gch=.d)
EXTRA_CLEAN = $(DEPENDENCIES) $(PRECOMPILED)

REGRESS = $(notdir $(basename $(wildcard sql/*.sql)))

# On a fresh machine there is no pg_config yet: `make demo` and `make test` install it first.
PGXS := $(shell $(PG_CONFIG) --pgxs 2>/dev/null)
ifneq ($(PGXS),)
include $(PGXS)
else
all install:
	scripts/dependencies build
	$(MAKE) $@
endif

# After the server's own -g: what a backtrace needs, and only in the folder of the build: what is installed is stripped.
# DEBUG=1 keeps all of it in both.
override CXXFLAGS += $(if $(DEBUG),,-g1)
INSTALL_STRIP_FLAG = $(if $(DEBUG),,-s)

-include $(DEPENDENCIES)
$(OBJS) $(PRECOMPILED): Makefile
$(CORE_OBJS): src/precompiled/core.h.gch
$(CORE_OBJS): private override CPPFLAGS += -include src/precompiled/core.h
$(SERVER_OBJS): src/precompiled/server.h.gch
$(SERVER_OBJS): private override CPPFLAGS += -include src/precompiled/server.h
$(PRECOMPILED): %.h.gch: %.h
	$(CXX) $(CXXFLAGS) $(CPPFLAGS) -MF $*.d -MT $@ -x c++-header $< -o $@

core: $(CORE_OBJS)

# A private copy of the server with the module installed in it: tests and demo touch nothing of the
# system and need no root. Under /tmp, where the server's user can read it whoever built it.
TREE ?= /tmp/migrate-$(shell id -u)-$(shell pwd | cksum | cut -d' ' -f1)/tree
DEMO ?= $(dir $(TREE))demo

.PHONY: core stage demo demo-stop test test-crash test-chaos test-sanitize test-matrix fuzz warnings test-packages unit bench lint mutants deb dist
stage: all
	scripts/server_tree $(TREE)
	$(MAKE) -s install DESTDIR=$(TREE) >/dev/null

demo:
	scripts/dependencies demo
	@echo "compiling (some minutes the first time)"
	$(MAKE) -s stage
	scripts/demo $(TREE) $(DEMO)

demo-stop:
	scripts/demo_stop $(TREE) $(DEMO)

test:
	scripts/dependencies test
	$(MAKE) -s stage
	TREE=$(TREE) scripts/test

# Kills at each phase of a run, ten times each; `make test` does it twice.
test-crash:
	scripts/dependencies test
	$(MAKE) -s stage
	HITS=10 TREE=$(TREE) scripts/test crash

test-matrix:
	scripts/matrix

# Twenty sessions that load, apply, roll back, cancel and kill for a minute: CHAOS_SECONDS says how long, SEED what.
test-chaos:
	scripts/dependencies test
	$(MAKE) -s stage
	TREE=$(TREE) scripts/test chaos

# Units and most tests of the server with the sanitizers that run there.
test-sanitize:
	scripts/dependencies test
	scripts/sanitize

# Whatever libFuzzer makes up for the readers of foreign text; FUZZ_SECONDS each.
fuzz:
	scripts/dependencies fuzz
	scripts/fuzz

# What CXX has to say to the sources, without an object: `make warnings CXX=clang++`. A precompiled header of clang's names
# the folder that it was made in: it is none that a cache may hand on.
WARNINGS = $(CXX) $(CXXFLAGS) $(CPPFLAGS)
WARNINGS_DIR = build/warnings
warnings:
	mkdir -p $(WARNINGS_DIR)
	for part in core server; do \
		CCACHE_DISABLE=1 $(WARNINGS) -MF $(WARNINGS_DIR)/$$part.d -x c++-header src/precompiled/$$part.h \
			-o $(WARNINGS_DIR)/$$part.h.$(if $(findstring clang,$(CXX)),pch,gch) || exit; \
	done
	printf '%s\n' $(CORE_OBJS:.o=.cpp) | xargs -n 5 -P $(shell nproc) $(WARNINGS) -include $(WARNINGS_DIR)/core.h -fsyntax-only
	printf '%s\n' $(SERVER_OBJS:.o=.cpp) | xargs -n 5 -P $(shell nproc) $(WARNINGS) -include $(WARNINGS_DIR)/server.h -fsyntax-only

unit:
	scripts/test unit

bench:
	scripts/dependencies bench
	$(MAKE) -s stage
	TREE=$(TREE) bench/run

lint:
	scripts/dependencies lint
	scripts/lint

mutants:
	scripts/dependencies test
	scripts/mutants

# The release as PGXN takes it, of what is committed; and Debian packages, of the folder as it is.
VERSION = $(shell sed -n "s/^default_version = '\(.*\)'$$/\1/p" control/migrate.control)
COMMIT ?= HEAD
DIST ?= build/migrate-$(VERSION).zip
dist:
	mkdir -p $(dir $(DIST))
	git archive --format zip --prefix migrate-$(VERSION)/ -o $(DIST) $(COMMIT)

deb:
	scripts/dependencies packages
	scripts/deb build/deb

test-packages:
	scripts/dependencies packages
	prove --exec bash --comments test/packages/*.sh
