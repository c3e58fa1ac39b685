/* The end of an epoch: votes, acknowledgements and closes (docs/protocol.md, F), and the rounds of agreement on the last block (C).
 *
 * Members: honest 0, 1, 2 with powers W0, W1, W2, and liars of power WL in all. Two conflicting transactions, T1 (mask 1) and T2 (mask 2). Messages only grow in
 * number, so the network is the global state, and a delay is a step not taken. Liars need no state: their vote, acknowledgement, close (listing nothing),
 * prevote and precommit for anything are at hand for anybody: a quorum needs NEED more. Where one of them proposes, each honest member may see another
 * proposal.
 *
 * A block's value is x = 2 + 3 * content + k: content 0 none, 1 T1, 2 T2; its closes are those of the honest members that are not in the mask Mk, and the
 * liars'. 0 = none.
 *
 * Agreement (algorithm 1 of Buchman, Kwon, Milosevic: rule C1) runs R asynchronous rounds, any timeout at any time. From every state reached the network may
 * become good (step GOOD): the liars fall silent, and three rounds follow with the honest proposers 0, 1, 2 in turn, every message in time. All must
 * have decided by then.
 *
 * Nil votes are not kept: no rule needs a quorum of nil here, since every timeout may happen at any time. Step 0 stands for "has prevoted nothing or nil",
 * step 2 for "has precommitted" (LATE: nil, and only then saw the quorum of prevotes).
 *
 * A restart (rule C5; at most RESTARTS of them) leaves a member what its own votes say: the round of the last, what it is locked on. A valid value that it only
 * heard of is gone.
 *
 * -DR=n rounds; -DP0= -DP1= -DP2= proposers (3: a liar); -DW0= -DW1= -DW2= -DWL= powers; -DM0= -DM1= -DM2= masks that leave closes of a quorum.
 * -DSEQ: start where all honest members have closed, T1 has a certificate, and any set of them acknowledged it (smaller; for more rounds).
 * Broken rules: NOCLOSES; ACKNOCERT; ACKAFTERCLOSE; PRIVATE (a condition of a member's own on a prevote); TIMELY (an old time is refused); NOLOCK;
 * FORGETLOCK, FORGETVOTES and FORGETBODY (what a restart forgets: locks, votes, transactions of blocks voted for); HALF (a quorum is more than half).
 */
#ifndef R
#define R 2
#endif
#ifndef P0
#define P0 3
#endif
#ifndef P1
#define P1 0
#endif
#ifndef P2
#define P2 3
#endif
#ifndef W0
#define W0 1
#define W1 1
#define W2 1
#define WL 1
#endif
#ifndef M0
#define M0 1
#define M1 2
#define M2 4
#endif
#ifdef HALF
#define NEED ((W0 + W1 + W2 + WL) / 2 + 1 - WL)
#else
#define NEED (2 * (W0 + W1 + W2 + WL) / 3 + 1 - WL)
#endif
#define POWER(a, b, c) ((a) * W0 + (b) * W1 + (c) * W2)
#ifndef RESTARTS
#define RESTARTS 0
#endif
#define PR(r) ((r) == 0 -> P0 : ((r) == 1 -> P1 : P2))

byte vot[3], ack[3], lst[3];
bit  clo[3];
byte rnd[3], stp[3];                /* step: 0 propose (or prevoted nil), 1 prevoted, 2 precommitted */
byte lv[3], lr[3], vv[3], vr[3];    /* locked and valid value, their round + 1; 0 = none */
byte pv[3 * R], pc[3 * R];
byte prop[R], pvr[R];               /* an honest proposer's proposal, and its proof-of-lock round + 1 */
byte dec[3];
#if RESTARTS
byte left = RESTARTS;
#endif
#ifdef FORGETVOTES
byte opv[3 * R], opc[3 * R];        /* sent, and forgotten since */
#define PVIS(i, x) (pv[i] == (x) || opv[i] == (x))
#define PCIS(i, x) (pc[i] == (x) || opc[i] == (x))
#else
#define PVIS(i, x) (pv[i] == (x))
#define PCIS(i, x) (pc[i] == (x))
#endif
#ifdef FORGETBODY
bit gone[3];
#define KEPT(j) (!gone[j])
#else
#define KEPT(j) 1
#endif
hidden byte i, p, k, q, x, u;

#define CON(x)    (((x) - 2) / 3)
#define OUT(x)    ((((x) - 2) % 3) == 0 -> M0 : ((((x) - 2) % 3) == 1 -> M1 : M2))
#define HAS(a, m) (((a) & (m)) != 0)
#define SUM(A, m) POWER (HAS(A[0], m), HAS(A[1], m), HAS(A[2], m))
#define CERT(m)   ((m) == 0 || ((m) != 3 && SUM(vot, m) >= NEED))
#define FINAL(m)  (SUM(ack, m) >= NEED)
#ifdef NOCLOSES
#define CLOK(j, x) 1
#else
#define CLOK(j, x) (HAS(OUT(x), 1 << (j)) || (clo[j] && (lst[j] & (3 - CON(x))) == 0))
#endif
#define VALID(x)  (CERT(CON(x)) && CLOK(0, x) && CLOK(1, x) && CLOK(2, x))
#ifdef PRIVATE                      /* broken: prevote only for a block that holds what I acknowledged */
#define OWN(j, x) ((lst[j] & (3 - CON(x))) == 0)
#else
#define OWN(j, x) 1
#endif
#ifdef NOLOCK
#define FREE(j, x, q) 1
#else
#define FREE(j, x, q) (lr[j] <= (q) || lv[j] == (x))
#endif
#define POL(r, x) (POWER (PVIS(3*(r), x), PVIS(3*(r)+1, x), PVIS(3*(r)+2, x)) >= NEED)
#define PCQ(r, x) (POWER (PCIS(3*(r), x), PCIS(3*(r)+1, x), PCIS(3*(r)+2, x)) >= NEED)
/* rule C3: who voted for the content, or prevoted a block with it, has it on disk, and serves it */
#define IN(j, m, r)  ((r) < R && pv[((r) < R -> 3*(r) : 0) + (j)] != 0 && CON(pv[((r) < R -> 3*(r) : 0) + (j)]) == (m))
#define HOLDS(j, m)  (KEPT(j) && (HAS(vot[j], m) || IN(j, m, 0) || IN(j, m, 1) || IN(j, m, 2)))
#define SERVED(x)    (CON(x) == 0 || HOLDS(0, CON(x)) || HOLDS(1, CON(x)) || HOLDS(2, CON(x)))
#define LIVE(j)   (clo[j] && dec[j] == 0)
#define ME(j)     (3*rnd[j] + (j))

#define CHECK \
  assert(!(FINAL(1) && FINAL(2))); \
  assert(dec[0] == 0 || dec[1] == 0 || dec[0] == dec[1]); \
  assert(dec[0] == 0 || dec[2] == 0 || dec[0] == dec[2]); \
  assert(dec[1] == 0 || dec[2] == 0 || dec[1] == dec[2]); \
  assert(dec[0] == 0 || ((!FINAL(1) || CON(dec[0]) == 1) && (!FINAL(2) || CON(dec[0]) == 2))); \
  assert(dec[1] == 0 || ((!FINAL(1) || CON(dec[1]) == 1) && (!FINAL(2) || CON(dec[1]) == 2))); \
  assert(dec[2] == 0 || ((!FINAL(1) || CON(dec[2]) == 1) && (!FINAL(2) || CON(dec[2]) == 2)))

#ifdef ACKAFTERCLOSE
#define MAYACK(j) 1
#else
#define MAYACK(j) (!clo[j])
#endif
#ifdef ACKNOCERT
#define GOT(j, m) HAS(vot[j], m)
#else
#define GOT(j, m) CERT(m)
#endif

#define VOTE(j, m)  :: d_step { !clo[j] && vot[j] == 0 -> vot[j] = m; CHECK }
#define ACK(j, m)   :: d_step { MAYACK(j) && !HAS(ack[j], m) && GOT(j, m) -> ack[j] = ack[j] | m; CHECK }
#define CLOSE(j)    :: d_step { !clo[j] -> clo[j] = 1; lst[j] = ack[j] }
/* an honest proposer: its valid value, or any valid block it can make */
#define PROPV(j)    :: d_step { LIVE(j) && stp[j] == 0 && PR(rnd[j]) == j && prop[rnd[j]] == 0 && vv[j] != 0 -> \
                       prop[rnd[j]] = vv[j]; pvr[rnd[j]] = vr[j] }
#define PROPN(j, x) :: d_step { LIVE(j) && stp[j] == 0 && PR(rnd[j]) == j && prop[rnd[j]] == 0 && vv[j] == 0 && VALID(x) && OWN(j, x) -> \
                       prop[rnd[j]] = x; pvr[rnd[j]] = 0 }
#define PV(j, x)    :: d_step { LIVE(j) && stp[j] == 0 && (PR(rnd[j]) == 3 || (prop[rnd[j]] == x && pvr[rnd[j]] == 0)) && \
                       VALID(x) && OWN(j, x) && FREE(j, x, 0) -> pv[ME(j)] = x; stp[j] = 1 }
#define PVR(j, x, q) :: d_step { q < R && LIVE(j) && stp[j] == 0 && q < rnd[j] && (PR(rnd[j]) == 3 || (prop[rnd[j]] == x && pvr[rnd[j]] == q + 1)) && \
                       VALID(x) && OWN(j, x) && POL((q < R -> q : 0), x) && FREE(j, x, q + 1) -> pv[ME(j)] = x; stp[j] = 1 }
#define PC(j, x)    :: d_step { LIVE(j) && stp[j] < 2 && POL(rnd[j], x) && VALID(x) -> pc[ME(j)] = x; stp[j] = 2; \
                       lv[j] = x; lr[j] = rnd[j] + 1; vv[j] = x; vr[j] = rnd[j] + 1 }
#define LATE(j, x)  :: d_step { LIVE(j) && stp[j] < 2 && POL(rnd[j], x) && VALID(x) -> vv[j] = x; vr[j] = rnd[j] + 1; stp[j] = 2 }
#define NEXT(j)     :: d_step { LIVE(j) && rnd[j] < R - 1 -> rnd[j] = rnd[j] + 1; stp[j] = 0 }
#define DEC(j, x, q) :: d_step { q < R && LIVE(j) && PCQ((q < R -> q : 0), x) -> dec[j] = x; lv[j] = 0; lr[j] = 0; vv[j] = 0; vr[j] = 0; rnd[j] = 0; stp[j] = 0; CHECK }

#if RESTARTS
#ifdef FORGETBODY                   /* also of a block that it decided: writing that need not be done */
#define RESTART(j)  :: d_step { left > 0 && clo[j] && !gone[j] -> left--; RECALL(j) }
#else
#define RESTART(j)  :: d_step { left > 0 && LIVE(j) -> left--; RECALL(j) }
#endif
#else
#define RESTART(j)
#endif
#ifdef FORGETVOTES
#define RECALL(j)   opv[ME(j)] = pv[ME(j)]; opc[ME(j)] = pc[ME(j)]; pv[ME(j)] = 0; pc[ME(j)] = 0; stp[j] = 0; lv[j] = 0; lr[j] = 0; vv[j] = 0; vr[j] = 0
#else
#ifdef FORGETLOCK
#define RECALL(j)   lv[j] = 0; lr[j] = 0; vv[j] = 0; vr[j] = 0
#else
#ifdef FORGETBODY
#define RECALL(j)   gone[j] = 1
#else
#define RECALL(j)   do :: stp[j] == 0 && rnd[j] > 0 -> rnd[j] = rnd[j] - 1; stp[j] = (pc[ME(j)] != 0 -> 2 : (pv[ME(j)] != 0 -> 1 : 0)) :: else -> break od; \
                    vv[j] = lv[j]; vr[j] = lr[j]
#endif
#endif
#endif

#define X9(M, j)    M(j, 2) M(j, 3) M(j, 4) M(j, 5) M(j, 6) M(j, 7) M(j, 8) M(j, 9) M(j, 10)
#define X9Q(M, j, q) M(j, 2, q) M(j, 3, q) M(j, 4, q) M(j, 5, q) M(j, 6, q) M(j, 7, q) M(j, 8, q) M(j, 9, q) M(j, 10, q)
#define MEMBER(j) \
  VOTE(j, 1) VOTE(j, 2) ACK(j, 1) ACK(j, 2) CLOSE(j) PROPV(j) X9(PROPN, j) X9(PV, j) X9(PC, j) X9(LATE, j) \
  NEXT(j) RESTART(j) X9Q(PVR, j, 0) X9Q(PVR, j, 1) X9Q(DEC, j, 0) X9Q(DEC, j, 1) X9Q(DEC, j, 2)

inline good() {
  i = 0; do :: i < 3 -> if :: !clo[i] -> clo[i] = 1; lst[i] = ack[i] :: else fi; i++ :: else -> break od;
  x = 0; p = 0;
  i = 0; do :: i < 3 -> assert(dec[i] == 0 || SERVED(dec[i])); i++ :: else -> break od;
  if :: dec[0] || dec[1] || dec[2] -> x = 2 :: else -> skip fi;
  if :: x == 0 ->
    do
    :: p < 3 ->
       if :: vv[p] != 0 -> x = vv[p]; q = vr[p]
          :: else -> u = lst[0] | lst[1] | lst[2];
                     assert(CERT(u));               /* the honest closes alone give a valid block */
                     x = 2 + 3 * u + 2; q = 0 fi;
       assert(SERVED(x));
       k = 0; i = 0;
       do :: i < 3 ->
#ifdef TIMELY                       /* broken: an old time is refused even on a re-proposal */
             if :: q == 0 && VALID(x) && OWN(i, x) && FREE(i, x, q) -> k++ :: else fi;
#else
             if :: VALID(x) && OWN(i, x) && FREE(i, x, q) -> k++ :: else fi;
#endif
             i++
          :: else -> break od;
       if :: k == 3 -> break :: else fi;
       p++
    :: else -> break
    od;
    assert(p < 3);                                  /* decided within the three good rounds */
    assert((!FINAL(1) || CON(x) == 1) && (!FINAL(2) || CON(x) == 2))
  :: else fi;
  /* one common end state */
  i = 0; do :: i < 3 -> vot[i] = 0; ack[i] = 0; lst[i] = 0; clo[i] = 0; rnd[i] = 0; stp[i] = 0; lv[i] = 0; lr[i] = 0;
               vv[i] = 0; vr[i] = 0; dec[i] = 0; i++ :: else -> break od;
  i = 0; do :: i < 3 * R -> pv[i] = 0; pc[i] = 0; i++ :: else -> break od;
  i = 0; do :: i < R -> prop[i] = 0; pvr[i] = 0; i++ :: else -> break od;
#ifdef FORGETVOTES
  i = 0; do :: i < 3 * R -> opv[i] = 0; opc[i] = 0; i++ :: else -> break od;
#endif
#ifdef FORGETBODY
  gone[0] = 0; gone[1] = 0; gone[2] = 0;
#endif
#if RESTARTS
  left = 0;
#endif
  i = 0; p = 0; k = 0; q = 0; x = 0; u = 0
}

#define START(a0, a1, a2) :: d_step { true -> lst[0] = a0; lst[1] = a1; lst[2] = a2; ack[0] = a0; ack[1] = a1; ack[2] = a2; \
  vot[0] = 1; vot[1] = 1; vot[2] = 1; clo[0] = 1; clo[1] = 1; clo[2] = 1 }

init {
#ifdef SEQ
  if
  START(0, 0, 0) START(1, 0, 0) START(0, 1, 0) START(0, 0, 1) START(1, 1, 0) START(1, 0, 1) START(0, 1, 1) START(1, 1, 1)
  fi;
#endif
end:
  do
  MEMBER(0)
  MEMBER(1)
  MEMBER(2)
  :: d_step { true -> good() } ; break
  od
}
