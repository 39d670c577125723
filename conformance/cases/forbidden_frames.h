/* Frames that RFC 6455 forbids, as both doors send them (peer_sends_frames): each variant, behind its bar, on a connection of its own. */
#ifndef PARLEY_FORBIDDEN_FRAMES_H
#define PARLEY_FORBIDDEN_FRAMES_H

#include "peer_connection.h"

#define FORBIDDEN_BASE_SERVER "wi.server.frames.allowed"
#define FORBIDDEN_BASE_CLIENT "wi.client.frames.allowed"

/* clang-format off */
#define ALLOWED_FRAMES          "02= 89= 00= 8a=*125 89=*125 00= 8a= 00= 80=r"
#define GOOD_CLOSES             "88= | 88=03e8 | 88=03e9 | 88=03eb | 88=03ef | 88=03f0 | 88=03f1 | 88=03f2 | 88=03f3 | 88=0bb8 | 88=1387c3bc*119"
#define RESERVED_BITS           "c2=r | a2=r | 92=r | f2=r"
#define RESERVED_BITS_LATER     "c9= | a9= | 99= | 02= c0=r | 02= 90=r"
#define UNKNOWN_OPCODES         "83=r | 84=r | 85=r | 86=r | 87=r | 02= 03="
#define UNKNOWN_CONTROL_OPCODES "8b= | 8c= | 8d= | 8e= | 8f="
#define UNFINISHED              "02=r 88=03e8"
#define LONG_LENGTHS            "02w= 80=r | 02W= 80=r | 82W=r"
#define TOP_BIT                 "82T=r | 02T= 80=r"
#define CONTROL_126             "89=*126 | 8a=*126 | 88=03e8*124"
#define CONTROL_IN_PIECES       "09= | 0a= | 08=03e8 | 02= 09="
#define BEGUN_INSIDE            "02= 82=r | 02= 02= 80=r | 01= 82=r | 02= 81=68656c6c6f"
#define NEVER_BEGUN             "80=r | 00= | 8a= 00= 80=r"
#define BAD_TEXTS               "81=61ff | 81=c0af | 81=e09fbf | 81=eda080 | 81=f4908080 | 81=80 | 81=61e282 | 01=61e2 80=8261"
#define CLOSE_OF_ONE_BYTE       "88=03 | 88=00"
#define BAD_CODES               "88=0000 | 88=03e7 | 88=03ec | 88=03ed | 88=03ee | 88=03f7 | 88=03f8 | 88=07d0 | 88=0bb7 | 88=1388 | 88=ffff"
#define BAD_REASONS             "88=03e8ff | 88=03e861c3 | 88=03e8eda080"
/* clang-format on */

/* The peer closed with the code that the sentence of the judged check states. */
void judge_closes_as_stated(peer_connection *, case_check);

/* Profile confer, client door: the answer to the chat request in one record, that of a stream in its last event. */
span forbidden_answer(peer_connection *, writer *room);

#endif
