# PGXS builds and installs the module; the other targets call scripts/. CMake is for the core's units.
all:

EXTENSION = control/migrate
MODULE_big = migrate
DATA = $(wildcard control/migrate--*.sql)
OBJS = $(patsubst %.cpp,%.o,$(wildcard src/*.cpp src/core/*.cpp src/core/convention/*.cpp src/core/adopt/*.cpp src/server/*.cpp))

PG_CONFIG ?= pg_config
PG_CPPFLAGS = -I$(CURDIR)/src
PG_CXXFLAGS = -std=c++20 -O2 -Wall -Wextra -Werror -Wno-register -Wno-unused-parameter \
	-Wno-missing-field-initializers -Wno-sign-compare -fvisibility=hidden -fvisibility-inlines-hidden \
	$(if $(findstring clang,$(shell $(CXX) --version 2>&1)),$(CLANG_CXXFLAGS))
# The server's headers and flags were configured for gcc, and clang does not know all of them.
CLANG_CXXFLAGS = -Wno-unknown-warning-option -Wno-ignored-attributes
# Some server images have no libstdc++. PGXS links with the C compiler.
SHLIB_LINK = -static-libgcc -Wl,-Bstatic -lstdc++ -Wl,-Bdynamic -lm -Wl,--version-script=$(CURDIR)/src/exports.map
# Bitcode would serve inlining into queries; every call here does far more than a call costs.
override with_llvm = no

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

# PGXS does not track headers.
$(OBJS): $(wildcard src/core/*.h src/server/*.h) Makefile

# A private copy of the server with the module installed in it: tests and demo touch nothing of the
# system and need no root. Under /tmp, where the server's user can read it whoever built it.
TREE ?= /tmp/migrate-$(shell id -u)-$(shell pwd | cksum | cut -d' ' -f1)/tree
DEMO ?= $(dir $(TREE))demo

.PHONY: stage demo demo-stop test test-crash test-matrix warnings test-packages unit bench lint mutants deb dist
stage: all
	scripts/server_tree $(TREE)
	$(MAKE) -s install DESTDIR=$(TREE) >/dev/null

demo:
	scripts/dependencies demo
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

# What CXX has to say to the sources, without an object: `make warnings CXX=clang++`.
warnings:
	$(CXX) $(CXXFLAGS) $(CPPFLAGS) -fsyntax-only $(OBJS:.o=.cpp)

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
