#!/usr/bin/env bash
# Writes App/ApiExamples.json anew: the calls and answers that /docs shows, as the program gives them.
set -euo pipefail
cd "$(dirname "$0")/../.."
GATEHOUSE_CAPTURE=1 dotnet test App.Tests --nologo --filter "FullyQualifiedName~ApiExamplesTests.Each_is_what_the_program_answers"
git --no-pager diff --stat -- App/ApiExamples.json
