# Read by cpack before it packs: the same tree gives the same bytes, whenever it is packed. The time is that of the newest entry of the
# changelog unless the caller has chosen one.
if(NOT DEFINED ENV{SOURCE_DATE_EPOCH})
  set(ENV{SOURCE_DATE_EPOCH} 1795996800) # 2026-11-30T00:00:00Z
endif()
