# A planted mistake for each fuzz target: a copy of one source of the text with one thing wrong, linked before its room's archive. The target
# has to find it. Seeds that find it by themselves are left out first, so that what finds it is the fuzzer; runs are counted, not seconds,
# from a fixed seed of its own.
#
# planted_bug(TARGET RUNS FILE HONEST WRONG): HONEST stands in FILE once. By the label slow.
# Built by the first of these tests, so that nobody waits for them otherwise.
add_custom_target(fuzz_planted)
add_test(NAME fuzz.planted_build COMMAND ${CMAKE_COMMAND} --build ${CMAKE_BINARY_DIR} --target fuzz_planted CONFIGURATIONS slow)
set_tests_properties(fuzz.planted_build PROPERTIES LABELS "fuzz;slow" TIMEOUT 1200 FIXTURES_SETUP fuzz_planted)

function(planted_bug TARGET RUNS FILE HONEST WRONG)
  planted(bug_for_${TARGET} ${FILE} "${HONEST}" "${WRONG}")
  add_executable(${TARGET}_planted EXCLUDE_FROM_ALL ${CMAKE_SOURCE_DIR}/fuzz/targets/${TARGET}_fuzz.c ${bug_for_${TARGET}})
  get_filename_component(folder ${FILE} DIRECTORY)
  target_compile_options(${TARGET}_planted PRIVATE "SHELL:-iquote ${CMAKE_SOURCE_DIR}/${folder}" -Wno-unused -Wno-unused-parameter)
  target_link_libraries(${TARGET}_planted PRIVATE fuzz)
  target_link_options(${TARGET}_planted PRIVATE -fsanitize=fuzzer)
  add_dependencies(fuzz_planted ${TARGET}_planted)
  add_test(NAME fuzz.finds_${TARGET} COMMAND sh ${CMAKE_SOURCE_DIR}/fuzz/planted_test.sh $<TARGET_FILE:${TARGET}_planted> $<TARGET_FILE:${TARGET}_fuzz>
    ${CMAKE_SOURCE_DIR}/fuzz/corpus/${TARGET} ${CMAKE_BINARY_DIR}/planted/${TARGET} ${RUNS} CONFIGURATIONS slow)
  set_tests_properties(fuzz.finds_${TARGET} PROPERTIES LABELS "fuzz;slow" TIMEOUT 600 FIXTURES_REQUIRED fuzz_planted)
endfunction()

planted_bug(json 200000 spec/base/base64.c "    if (digits.n < 2 || (bits & (0xffffffu >> (8 * n))) != 0)" "    if (digits.n < 2)")
planted_bug(noise 20000 spec/noise/noise.c "    REQUIRE(n >= least, NZ_035);" "")
planted_bug(upgrade 200000 spec/wire/wire.c "        REQUIRE(out->n < WI_FIELDS_MAX, WI_008);" "        REQUIRE(out->n <= WI_FIELDS_MAX, WI_008);")
planted_bug(frame 200000 spec/profiles/confer/confer_frame.c "    REQUIRE(index < total || WEAKENED(CF_052), CF_054);" "")
planted_bug(message 200000 spec/base/protobuf.c "            if (minimal && i && byte == 0)\n                *minimal = false;\n" "")
planted_bug(client 20000 spec/profiles/confer/confer_client.c "    REQUIRE(asked, CF_088);" "")
planted_bug(server 20000 spec/profiles/confer/confer_server.c "    if (!accepted(v)) {\n        const requirement_outcome told" "    if (!accepted(v) && v.req != REQ_CF_054) {\n        const requirement_outcome told")
planted_bug(evidence 20000 spec/profiles/confer/confer_evidence.c "    out->not_verified |= CF_TDX_NOT_VERIFIED;" "    out->not_verified |= e->bundle.n % 7 ? CF_TDX_NOT_VERIFIED : 0;")
planted_bug(snp 20000 spec/attestation/attestation.c "    TRY(appraise(&a));\n    hand_out(&a, out);\n    return ACCEPT;" "    const verdict v = appraise(&a);\n    hand_out(&a, out);\n    return v;")
planted_bug(quote 20000 spec/attestation/tdx.c "    TRY(appraise_quote(&a, tee));\n    hand_out(&a);\n    return ACCEPT;" "    memset(&a.quote, 0, sizeof a.quote);\n    const verdict v = appraise_quote(&a, tee);\n    hand_out(&a);\n    return v;")
planted_bug(collateral 200000 spec/prim/x509_view.c "    const bool good = read_certificate(der, out, &repeated) && (may_repeat || !repeated);\n    if (!good)\n        memset(out, 0, sizeof *out);\n    return good;" "    return read_certificate(der, out, &repeated) && (may_repeat || !repeated);")
planted_bug(launch 200000 spec/attestation/launch.c "n < ENTRY_HEAD || n > table->n" "n > table->n")
planted_bug(ratchet 20000 spec/ratchet/ratchet.c "    REQUIRE(at < store->used[lane], RT_030);" "")
planted_bug(signal 20000 spec/profiles/signal/signal_profile.c "        begin(&r->next, settings, w, version, r->h.their_identity);" "        begin(&s->state, settings, w, version, r->h.their_identity), begin(&r->next, settings, w, version, r->h.their_identity);")
planted_bug(tokens 20000 sim/model/model_bpe.c "    if (l.n + r.n > BPE_PIECE)" "    if (l.n + r.n > BPE_PIECE + 1)")
planted_bug(sample 200000 sim/model/model_sample.c "(logit[t] == logit[best] && t < best)" "(logit[t] == logit[best] && t > best)")
planted_bug(receipt 20000 spec/inference/inference.c "    CHECK(v->account, o->n_prompt + o->n_output <= m->context, IN_028);" "    CHECK(v->account, o->n_output <= m->context, IN_028);")
planted_bug(model 20000 sim/model/model_file.c "    NEED(between(m->shift, MODEL_SHIFT_MIN, MODEL_SHIFT_MAX), \"a shift is out of range\");" "")
planted_bug(shim 200000 spec/base/json.c "        if (*p == '\"' || *p == '\\\\' || *p < 0x20)" "        if (*p == '\"' || *p == '\\\\')")
planted_bug(translog 200000 spec/translog/translog.c "    REQUIRE(split_note(note, &out->text, &lines), TL_011);" "    (void)split_note(note, &out->text, &lines);")
planted_bug(history 200000 spec/history/history.c "    REQUIRE(index.n_credentials >= 1 && index.n_credentials <= HI_CREDENTIALS_MAX, HI_027);" "    REQUIRE(index.n_credentials <= HI_CREDENTIALS_MAX, HI_027);")
planted_bug(parley1 200000 spec/profiles/parley1/parley1_handshake.c "    REQUIRE(p1_is_name(out->name), P1_013);" "")
