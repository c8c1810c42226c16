# Read by llama.cpp's CMake after its project(): CMAKE_PROJECT_llama.cpp_INCLUDE. llama-cpp-python forces the library "common" on (a command line's
# tools, an HTTP client, chat templates: 45 % of the compiling), which its Python part never loads. A normal variable wins over a forced one.
set(LLAMA_BUILD_COMMON OFF)
