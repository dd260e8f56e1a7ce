# PGXS builds and installs the module; the other targets call scripts/. CMake is for the core's units.
EXTENSION = control/migrate
MODULE_big = migrate
DATA = $(wildcard control/migrate--*.sql)
OBJS = $(patsubst %.cpp,%.o,$(wildcard src/*.cpp src/core/*.cpp src/core/convention/*.cpp src/server/*.cpp))

PG_CONFIG ?= pg_config
PG_CPPFLAGS = -I$(CURDIR)/src
PG_CXXFLAGS = -std=c++20 -O2 -Wall -Wextra -Werror -Wno-register -Wno-unused-parameter \
	-Wno-missing-field-initializers -Wno-sign-compare -fvisibility=hidden -fvisibility-inlines-hidden
# Some server images have no libstdc++. PGXS links with the C compiler.
SHLIB_LINK = -static-libgcc -Wl,-Bstatic -lstdc++ -Wl,-Bdynamic -lm -Wl,--version-script=$(CURDIR)/src/exports.map
# Bitcode would serve inlining into queries; every call here does far more than a call costs.
override with_llvm = no

REGRESS = $(notdir $(basename $(wildcard sql/*.sql)))

PGXS := $(shell $(PG_CONFIG) --pgxs)
include $(PGXS)

# PGXS does not track headers.
$(OBJS): $(wildcard src/core/*.h src/server/*.h) Makefile
