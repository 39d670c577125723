# What is installed, and the Debian package. The installed program reads from PREFIX/share/parley what it reads from a checkout, under the
# same paths (conformance/runner/place.c); nothing else of the checkout is needed.
include(GNUInstallDirs)
set(share share/parley)

install(TARGETS parley)
install(FILES ${CMAKE_BINARY_DIR}/parley.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME parley)
install(DIRECTORY spec DESTINATION ${share} FILES_MATCHING PATTERN *.md PATTERN *.h PATTERN *.c PATTERN *.lock)
install(DIRECTORY vectors/data vectors/witness vectors/format DESTINATION ${share}/vectors
  FILES_MATCHING PATTERN *.json PATTERN *.jsonl PATTERN *.md PATTERN *.mjs PATTERN *.tsv PATTERN *.html)
install(PROGRAMS vectors/witness/run.sh DESTINATION ${share}/vectors/witness)
install(FILES vectors/LOCK DESTINATION ${share}/vectors OPTIONAL)
install(DIRECTORY conformance/known DESTINATION ${share}/conformance)
install(DIRECTORY conformance/adapter/new DESTINATION ${share}/conformance/adapter USE_SOURCE_PERMISSIONS)
install(FILES conformance/README.md conformance/reference.md conformance/ids.tsv DESTINATION ${share}/conformance)
install(FILES sim/model/tiny.model sim/model/model.md DESTINATION ${share}/sim/model OPTIONAL)
install(FILES sim/pack/pack.md DESTINATION ${share}/sim/pack)
install(PROGRAMS action/run.sh action/merge.sh DESTINATION ${share}/action)
install(FILES action/tell.sh DESTINATION ${share}/action)
file(GLOB schemas CONFIGURE_DEPENDS reports/*.schema.json)
install(FILES ${schemas} DESTINATION ${share}/reports)
install(FILES README.md CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR})

# Two components have the same in the form that a system wants: plain files, or what Debian's policy asks for.
install(FILES ${CMAKE_BINARY_DIR}/parley.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT plain)
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT plain)
install(FILES ${CMAKE_BINARY_DIR}/parley.1.gz DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT debian EXCLUDE_FROM_ALL)
install(FILES ${CMAKE_BINARY_DIR}/changelog.gz DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT debian EXCLUDE_FROM_ALL)
install(FILES conformance/package/copyright DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT debian EXCLUDE_FROM_ALL)

# The same program once more with lines that can be disabled: `demo`, `audit`, `mutants`, `gate` and --weak are handed over to it.
if(PARLEY_BUILD MATCHES "^(release|)$" AND NOT PARLEY_MUTANTS)
  set(weakenable ${CMAKE_BINARY_DIR}/weakenable)
  add_custom_target(weakenable ALL
    COMMAND ${CMAKE_COMMAND} -S ${CMAKE_SOURCE_DIR} -B ${weakenable} -G ${CMAKE_GENERATOR} -DCMAKE_C_COMPILER=${CMAKE_C_COMPILER}
      -DCMAKE_BUILD_TYPE=RelWithDebInfo "-DCMAKE_C_FLAGS=${CMAKE_C_FLAGS}" -DPARLEY_MUTANTS=ON -DPARLEY_TESTS=OFF -DPARLEY_BUILD=weakenable
    COMMAND ${CMAKE_COMMAND} --build ${weakenable} --target parley
    COMMAND ${CMAKE_STRIP} -o ${weakenable}/parley-mutants ${weakenable}/parley
    COMMENT "Building the program whose lines can be disabled" USES_TERMINAL VERBATIM)
  install(PROGRAMS ${weakenable}/parley-mutants DESTINATION libexec/parley)

  add_custom_command(OUTPUT ${CMAKE_BINARY_DIR}/changelog.gz ${CMAKE_BINARY_DIR}/parley.1.gz
    COMMAND sh -c "gzip -9nc '${CMAKE_SOURCE_DIR}/conformance/package/changelog' >changelog.gz && gzip -9nc parley.1 >parley.1.gz"
    DEPENDS parley conformance/package/changelog WORKING_DIRECTORY ${CMAKE_BINARY_DIR} VERBATIM)
  add_custom_target(debian_files ALL DEPENDS ${CMAKE_BINARY_DIR}/changelog.gz ${CMAKE_BINARY_DIR}/parley.1.gz)
endif()

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_CONTACT "Parley maintainers <maintainers@parley.invalid>")
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS nodejs)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "executable specification and conformance suite for encrypted AI chat")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION "Parley says what an end-to-end encrypted AI chat has to do, shows it in a
simulator, and tests whether other software does it: servers by URL,
clients, and libraries in any language.
.
Each sentence of the specification has a number and one line of C that
carries it out. The test vectors, the prose and the tiny language model of
the simulator are part of this package; nothing needs a network.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_CMAKE_PROJECTS "${CMAKE_BINARY_DIR};parley;Unspecified;/;${CMAKE_BINARY_DIR};parley;debian;/")
set(CPACK_PROJECT_CONFIG_FILE ${CMAKE_SOURCE_DIR}/conformance/package/same_bytes.cmake)
include(CPack)
