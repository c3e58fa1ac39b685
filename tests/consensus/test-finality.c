#include "consensus/finality.h"

#include "committee-fixture.h"

#define N_MEMBERS 4u
#define N_COINS   8u

/* One member's view (member 0 unless said otherwise) of an epoch, and a chain that holds N_COINS coins of txid 0xc0. */
typedef struct
{
  TcCommittee     *committee;
  TcSecretKey     *keys[N_MEMBERS];
  TcParams         params;
  TcHash           chain_id;
  TcFinalityEpoch *finality;
  GPtrArray       *changed;
  guint32          next_sequence[N_MEMBERS];
  guint32          next_position[N_MEMBERS];
} Fixture;

static gboolean
get_chain_coin (gpointer user_data, const TcOutpoint *outpoint, TcCoin *ret_coin)
{
  const Fixture *f = user_data;
  const TcHash genesis = fixture_hash (0xc0);

  if (!tc_hash_equal (&outpoint->txid, &genesis) || outpoint->index >= N_COINS)
    return FALSE;
  g_assert_nonnull (f);
  *ret_coin = (TcCoin) { .output = { .amount = { 100000 } }, .height = 0 };
  return TRUE;
}

static void
fixture_make (Fixture *f, guint32 self)
{
  const TcCoinView chain = { get_chain_coin, f };

  f->finality = tc_finality_new (&f->params, &f->chain_id, f->committee, self, self == TC_MEMBER_NONE ? NULL : f->keys[self], &chain);
}

static void
fixture_start (Fixture *f, guint32 self)
{
  fixture_make (f, self);
  tc_finality_begin (f->finality, 0);
}

static void
fixture_open (Fixture *f)
{
  static const guint64 powers[N_MEMBERS] = { 1, 1, 1, 1 };

  *f = (Fixture) { .params = TC_PARAMS_DEFAULT, .chain_id = fixture_hash (0x1d) };
  f->committee = fixture_committee (powers, N_MEMBERS);
  for (guint i = 0; i < N_MEMBERS; i++)
    f->keys[i] = fixture_key (i);
  f->changed = g_ptr_array_new ();
  fixture_start (f, 0);
}

static void
fixture_close (Fixture *f)
{
  tc_finality_free (f->finality);
  g_ptr_array_unref (f->changed);
  for (guint i = 0; i < N_MEMBERS; i++)
    tc_secret_key_unref (f->keys[i]);
  tc_committee_unref (f->committee);
}

/* The member restarts with nothing but what a test hands back to it, before it begins. */
static void
fixture_restart (Fixture *f)
{
  tc_finality_free (f->finality);
  fixture_make (f, 0);
}

/* A transaction that spends output @index of @parent and pays @amount to one output: finality looks at nothing else. */
static TcTx *
make_tx (const TcHash *parent, guint32 index, guint64 amount)
{
  const TcTxInput input = { .outpoint = { *parent, index } };
  const TcOutput output = { .amount = { amount } };

  return tc_tx_new (TC_TX_KIND_TRANSFER, 0, &input, 1, &output, 1, NULL, 0, NULL, 0);
}

static TcTx *
make_spend (guint32 coin, guint64 amount)
{
  const TcHash genesis = fixture_hash (0xc0);

  return make_tx (&genesis, coin, amount);
}

/* The next batch of @member: at most one vote and one acknowledgement by txid. */
static TcBatch *
make_batch (Fixture *f, guint32 member, const TcTx *vote, const TcTx *ack)
{
  TcAck acks[1] = { { G_MAXUINT32, TC_HASH_ZERO } };

  if (ack != NULL)
    acks[0].txid = ack->txid;
  f->next_position[member] += vote != NULL;
  return tc_batch_new (7, (guint8) member, f->next_sequence[member]++, f->next_position[member] - (vote != NULL), vote != NULL ? &vote->txid : NULL,
                       vote != NULL, acks, ack != NULL ? 1 : 0, &f->chain_id, f->keys[member]);
}

static TcBatchVerdict
receive (Fixture *f, guint32 member, const TcTx *vote, const TcTx *ack)
{
  g_autoptr(TcBatch) batch = make_batch (f, member, vote, ack);

  return tc_finality_add_batch (f->finality, batch, 0, f->changed);
}

static TcBatch *
flush (Fixture *f)
{
  return tc_finality_flush (f->finality, 0, TRUE, f->changed);
}

/* This member and two others vote for @tx: it is certified here, and this member's own batch is out. */
static void
certify (Fixture *f, TcTx *tx)
{
  g_autoptr(TcBatch) batch = NULL;

  g_assert_cmpint (tc_finality_vote (f->finality, tx, 0), ==, TC_FINALITY_VOTED);
  batch = flush (f);
  g_assert_nonnull (batch);
  receive (f, 1, tx, NULL);
  receive (f, 2, tx, NULL);
  g_assert_true (tc_finality_get (f->finality, &tx->txid)->certified);
}

static void
test_path (void)
{
  g_test_summary ("Vote, certificate, acknowledgement, final, each with its quorum; one's own counts as it is flushed.");
  Fixture f;
  g_autoptr(TcTx) tx = make_spend (0, 5000);
  g_autoptr(TcBatch) first = NULL, second = NULL;
  const TcFinalityTx *entry;

  fixture_open (&f);
  g_assert_cmpint (tc_finality_vote (f.finality, tx, 0), ==, TC_FINALITY_VOTED);
  entry = tc_finality_get (f.finality, &tx->txid);
  g_assert_cmpuint (entry->vote_power, ==, 0);
  first = flush (&f);
  g_assert_cmpuint (first->n_votes, ==, 1);
  g_assert_cmpuint (first->n_acks, ==, 0);
  g_assert_cmpuint (entry->vote_power, ==, 1);
  receive (&f, 1, tx, NULL);
  g_assert_false (entry->certified);
  g_assert_null (flush (&f));
  receive (&f, 2, tx, NULL);
  g_assert_true (entry->certified);
  second = flush (&f);
  g_assert_cmpuint (second->n_acks, ==, 1);
  g_assert_cmpuint (second->sequence, ==, 1);
  receive (&f, 1, NULL, tx);
  g_assert_false (entry->final);
  g_ptr_array_set_size (f.changed, 0);
  receive (&f, 2, NULL, tx);
  g_assert_true (entry->final);
  g_assert_cmpuint (f.changed->len, ==, 1);
  g_assert_true (g_ptr_array_index (f.changed, 0) == entry);
  fixture_close (&f);
}

static void
test_quorum_boundary (void)
{
  g_test_summary ("Exactly two thirds of the power certify nothing and make nothing final.");
  static const guint64 powers[N_MEMBERS] = { 1, 2, 2, 1 };
  Fixture f;
  g_autoptr(TcTx) tx = make_spend (0, 5000);
  const TcFinalityTx *entry;

  fixture_open (&f);
  tc_finality_free (f.finality);
  tc_committee_unref (f.committee);
  f.committee = fixture_committee (powers, N_MEMBERS);
  fixture_start (&f, TC_MEMBER_NONE);
  receive (&f, 1, tx, tx);
  receive (&f, 2, tx, tx);
  entry = tc_finality_get (f.finality, &tx->txid);
  g_assert_cmpuint (entry->vote_power, ==, 4);
  g_assert_false (entry->certified || entry->final);
  receive (&f, 3, tx, NULL);
  g_assert_true (entry->certified);
  g_assert_false (entry->final);
  receive (&f, 3, NULL, tx);
  g_assert_true (entry->final);
  fixture_close (&f);
}

static void
test_lock (void)
{
  g_test_summary ("A coin is voted for once an epoch: its second spender is refused, the first again is no second vote.");
  Fixture f;
  g_autoptr(TcTx) first = make_spend (0, 5000);
  g_autoptr(TcTx) second = make_spend (0, 6000);
  g_autoptr(TcTx) other = make_spend (1, 6000);

  fixture_open (&f);
  g_assert_cmpint (tc_finality_vote (f.finality, first, 0), ==, TC_FINALITY_VOTED);
  g_assert_cmpint (tc_finality_vote (f.finality, second, 0), ==, TC_FINALITY_LOCKED);
  g_assert_cmpint (tc_finality_vote (f.finality, first, 0), ==, TC_FINALITY_ALREADY);
  g_assert_cmpint (tc_finality_vote (f.finality, other, 0), ==, TC_FINALITY_VOTED);
  fixture_close (&f);
}

static void
test_no_ack_without_certificate (void)
{
  g_test_summary ("Acknowledgements of others, even of a quorum, are no certificate: this member does not acknowledge on them.");
  Fixture f;
  g_autoptr(TcTx) tx = make_spend (0, 5000);

  fixture_open (&f);
  tc_finality_add_tx (f.finality, tx, 0);
  for (guint32 member = 1; member < N_MEMBERS; member++)
    receive (&f, member, NULL, tx);
  g_assert_true (tc_finality_get (f.finality, &tx->txid)->final);
  g_assert_null (flush (&f));
  fixture_close (&f);
}

static void
test_certified_without_own_vote (void)
{
  g_test_summary ("A member acknowledges what others certified, by txid, once it has the body.");
  Fixture f;
  g_autoptr(TcTx) tx = make_spend (0, 5000);
  g_autoptr(TcBatch) batch = NULL;

  fixture_open (&f);
  for (guint32 member = 1; member < N_MEMBERS; member++)
    receive (&f, member, tx, NULL);
  g_assert_null (flush (&f));
  tc_finality_add_tx (f.finality, tx, 0);
  batch = flush (&f);
  g_assert_cmpuint (batch->n_votes, ==, 0);
  g_assert_cmpuint (batch->n_acks, ==, 1);
  g_assert_cmpuint (batch->acks[0].position, ==, G_MAXUINT32);
  g_assert_true (tc_hash_equal (&batch->acks[0].txid, &tx->txid));
  fixture_close (&f);
}

static void
test_ack_by_position (void)
{
  g_test_summary ("What this member voted for it acknowledges by position over all its batches; others' positions are read the same way.");
  Fixture f;
  g_autoptr(TcTx) zero = make_spend (0, 5000);
  g_autoptr(TcTx) one = make_spend (1, 5000);
  g_autoptr(TcBatch) own = NULL;
  const TcAck ack = { 1, { { 0 } } }, beyond = { 2, { { 0 } } };
  g_autoptr(TcBatch) theirs = NULL, lie = NULL;

  fixture_open (&f);
  tc_finality_vote (f.finality, zero, 0);
  tc_batch_unref (flush (&f));
  certify (&f, one);
  own = flush (&f);
  g_assert_cmpuint (own->n_acks, ==, 1);
  g_assert_cmpuint (own->acks[0].position, ==, 1);

  receive (&f, 3, zero, NULL);
  receive (&f, 3, one, NULL);
  theirs = tc_batch_new (7, 3, 2, 2, NULL, 0, &ack, 1, &f.chain_id, f.keys[3]);
  g_assert_cmpint (tc_finality_add_batch (f.finality, theirs, 0, f.changed), ==, TC_BATCH_ACCEPTED);
  g_assert_true (tc_bitmap_get (tc_finality_get (f.finality, &one->txid)->acks, 3));
  g_assert_false (tc_bitmap_get (tc_finality_get (f.finality, &zero->txid)->acks, 3));
  lie = tc_batch_new (7, 3, 3, 2, NULL, 0, &beyond, 1, &f.chain_id, f.keys[3]);
  g_assert_cmpint (tc_finality_add_batch (f.finality, lie, 0, f.changed), ==, TC_BATCH_ACCEPTED);
  fixture_close (&f);
}

static void
test_traces (void)
{
  g_test_summary ("C7: the batches by which a member voted and acknowledged are found, and what it acknowledged that is not in the chain.");
  Fixture f;
  g_autoptr(TcTx) zero = make_spend (0, 5000);
  g_autoptr(TcTx) one = make_spend (1, 5000);
  const TcHash votes[2] = { zero->txid, one->txid };
  const TcAck by_position = { 1, { { 0 } } }, by_txid = { G_MAXUINT32, zero->txid };
  g_autoptr(TcBatch) first = NULL, second = NULL, third = NULL, other = NULL, early = NULL, early_other = NULL;
  TcBatch *acked = NULL, *voted = NULL;

  fixture_open (&f);
  first = tc_batch_new (7, 3, 0, 0, votes, 2, NULL, 0, &f.chain_id, f.keys[3]);
  second = tc_batch_new (7, 3, 1, 2, NULL, 0, &by_position, 1, &f.chain_id, f.keys[3]);
  third = tc_batch_new (7, 3, 2, 2, NULL, 0, &by_txid, 1, &f.chain_id, f.keys[3]);
  other = tc_batch_new (7, 3, 0, 0, votes, 1, NULL, 0, &f.chain_id, f.keys[3]);
  early = tc_batch_new (7, 3, 9, 2, votes, 1, NULL, 0, &f.chain_id, f.keys[3]);
  early_other = tc_batch_new (7, 3, 9, 2, votes, 2, NULL, 0, &f.chain_id, f.keys[3]);
  tc_finality_add_batch (f.finality, first, 0, f.changed);
  tc_finality_add_batch (f.finality, second, 0, f.changed);
  tc_finality_add_batch (f.finality, third, 0, f.changed);
  g_assert_null (tc_finality_find_other (f.finality, first));
  tc_finality_add_batch (f.finality, other, 0, f.changed);
  g_assert_true (tc_finality_find_other (f.finality, first) == other);
  g_assert_true (tc_finality_find_other (f.finality, other) == first);
  tc_finality_add_batch (f.finality, early, 0, f.changed);
  g_assert_null (tc_finality_find_other (f.finality, early));
  tc_finality_add_batch (f.finality, early_other, 0, f.changed);
  g_assert_true (tc_finality_find_other (f.finality, early_other) == early);

  g_assert_true (tc_finality_find_vote (f.finality, &one->txid, 3) == first);
  g_assert_null (tc_finality_find_vote (f.finality, &one->txid, 2));
  g_assert_true (tc_finality_find_ack (f.finality, &one->txid, 3, &acked, &voted));
  g_assert_true (acked == second && voted == first);
  g_assert_true (tc_finality_find_ack (f.finality, &zero->txid, 3, &acked, &voted));
  g_assert_true (acked == third && voted == NULL);
  g_assert_false (tc_finality_find_ack (f.finality, &zero->txid, 2, &acked, &voted));

  tc_finality_add_tx (f.finality, one, 0);
  for (guint in_chain = 0; in_chain < 2; in_chain++)
    {
      g_autoptr(GPtrArray) left = NULL;

      if (in_chain)
        tc_finality_set_in_chain (f.finality, &one->txid);
      left = tc_finality_dup_left (f.finality);
      g_assert_cmpuint (left->len, ==, !in_chain);  /* zero's body is not known */
    }
  fixture_close (&f);
}

static void
test_misnumbered (void)
{
  g_test_summary ("A member that misnumbers its votes acknowledges nothing by position from then on; its votes and what it names by txid count.");
  Fixture f;
  g_autoptr(TcTx) zero = make_spend (0, 5000);
  g_autoptr(TcTx) one = make_spend (1, 5000);
  const TcAck acks[2] = { { 0, { { 0 } } }, { G_MAXUINT32, zero->txid } }, again = { 0, { { 0 } } };
  g_autoptr(TcBatch) crooked = NULL, later = NULL;

  fixture_open (&f);
  crooked = tc_batch_new (7, 3, 0, 5, &one->txid, 1, acks, 2, &f.chain_id, f.keys[3]);
  g_assert_cmpint (tc_finality_add_batch (f.finality, crooked, 0, f.changed), ==, TC_BATCH_ACCEPTED);
  later = tc_batch_new (7, 3, 1, 1, NULL, 0, &again, 1, &f.chain_id, f.keys[3]);
  g_assert_cmpint (tc_finality_add_batch (f.finality, later, 0, f.changed), ==, TC_BATCH_ACCEPTED);
  g_assert_true (tc_bitmap_get (tc_finality_get (f.finality, &one->txid)->votes, 3));
  g_assert_false (tc_bitmap_get (tc_finality_get (f.finality, &one->txid)->acks, 3));
  g_assert_true (tc_bitmap_get (tc_finality_get (f.finality, &zero->txid)->acks, 3));
  fixture_close (&f);
}

static void
test_parents (void)
{
  g_test_summary ("A child waits for its parent's acknowledgement, then both go in one batch, the parent first.");
  Fixture f;
  g_autoptr(TcTx) parent = make_spend (0, 5000);
  g_autoptr(TcTx) child = make_tx (&parent->txid, 0, 4000);
  g_autoptr(TcBatch) batch = NULL;

  fixture_open (&f);
  for (guint32 member = 1; member < N_MEMBERS; member++)
    receive (&f, member, child, NULL);
  tc_finality_add_tx (f.finality, child, 0);
  g_assert_null (flush (&f));
  tc_finality_add_tx (f.finality, parent, 0);
  for (guint32 member = 1; member < N_MEMBERS; member++)
    receive (&f, member, parent, NULL);
  batch = flush (&f);
  g_assert_cmpuint (batch->n_acks, ==, 2);
  g_assert_true (tc_hash_equal (&batch->acks[0].txid, &parent->txid));
  g_assert_true (tc_hash_equal (&batch->acks[1].txid, &child->txid));
  fixture_close (&f);
}

static void
test_parent_in_chain (void)
{
  g_test_summary ("A block with the parent frees the child, though this member never acknowledged the parent.");
  Fixture f;
  g_autoptr(TcTx) parent = make_spend (0, 5000);
  g_autoptr(TcTx) child = make_tx (&parent->txid, 0, 4000);
  g_autoptr(TcBatch) batch = NULL;

  fixture_open (&f);
  for (guint32 member = 1; member < N_MEMBERS; member++)
    receive (&f, member, child, NULL);
  tc_finality_add_tx (f.finality, child, 0);
  g_assert_null (flush (&f));
  tc_finality_set_in_chain (f.finality, &parent->txid);
  tc_finality_chain_changed (f.finality, 0);
  batch = flush (&f);
  g_assert_cmpuint (batch->n_acks, ==, 1);
  fixture_close (&f);
}

static void
test_early (void)
{
  g_test_summary ("The votes of a batch that overtook an earlier one count at once, its acknowledgements in order.");
  Fixture f;
  g_autoptr(TcTx) tx = make_spend (0, 5000);
  g_autoptr(TcTx) other = make_spend (1, 5000);
  g_autoptr(TcBatch) zero = NULL, one = NULL;
  const TcAck ack = { 0, { { 0 } } };

  fixture_open (&f);
  zero = make_batch (&f, 1, tx, NULL);
  one = tc_batch_new (7, 1, 1, 1, &other->txid, 1, &ack, 1, &f.chain_id, f.keys[1]);
  g_assert_cmpint (tc_finality_add_batch (f.finality, one, 0, f.changed), ==, TC_BATCH_EARLY);
  g_assert_cmpint (tc_finality_add_batch (f.finality, one, 0, f.changed), ==, TC_BATCH_DUPLICATE);
  g_assert_cmpuint (tc_finality_get (f.finality, &other->txid)->vote_power, ==, 1);
  g_assert_cmpuint (tc_finality_get_next_sequence (f.finality, 1), ==, 0);
  g_assert_true (tc_finality_find_batch (f.finality, &one->hash) == one);
  g_assert_cmpint (tc_finality_add_batch (f.finality, zero, 0, f.changed), ==, TC_BATCH_ACCEPTED);
  g_assert_cmpuint (tc_finality_get_next_sequence (f.finality, 1), ==, 2);
  g_assert_cmpuint (tc_finality_get (f.finality, &tx->txid)->ack_power, ==, 1);
  g_assert_cmpuint (tc_finality_get (f.finality, &other->txid)->vote_power, ==, 1);
  g_assert_cmpint (tc_finality_add_batch (f.finality, one, 0, f.changed), ==, TC_BATCH_DUPLICATE);
  fixture_close (&f);
}

static void
test_early_limit (void)
{
  g_test_summary ("Batches without their beginning are kept up to a limit.");
  Fixture f;

  fixture_open (&f);
  f.next_sequence[1] = 1;
  for (guint i = 0; i < TC_FINALITY_EARLY_MAX; i++)
    {
      g_autoptr(TcTx) tx = make_spend (0, 5000 + i);

      g_assert_cmpint (receive (&f, 1, tx, NULL), ==, TC_BATCH_EARLY);
    }
  {
    g_autoptr(TcTx) tx = make_spend (1, 5000);

    g_assert_cmpint (receive (&f, 1, tx, NULL), ==, TC_BATCH_IGNORED);
    g_assert_null (tc_finality_get (f.finality, &tx->txid));
  }
  fixture_close (&f);
}

static void
test_needed (void)
{
  g_test_summary ("survive-16: a member that filled its limit here alone cannot make a certificate unprovable: its vote counts once somebody honest voted, too.");
  Fixture f;
  g_autoptr(TcTx) tx = make_spend (1, 5000);
  guint32 withheld;

  fixture_open (&f);
  f.next_sequence[1] = 1;
  for (guint i = 0; i < TC_FINALITY_EARLY_MAX; i++)
    {
      g_autoptr(TcTx) junk = make_spend (0, 5000 + i);

      receive (&f, 1, junk, NULL);
    }
  withheld = f.next_sequence[1];
  g_assert_cmpint (receive (&f, 1, tx, NULL), ==, TC_BATCH_IGNORED);
  receive (&f, 2, tx, NULL);
  f.next_sequence[1] = withheld;
  g_assert_cmpint (receive (&f, 1, tx, NULL), ==, TC_BATCH_IGNORED);  /* the other may lie as well */
  receive (&f, 3, tx, NULL);
  f.next_sequence[1] = withheld;
  g_assert_cmpint (receive (&f, 1, tx, NULL), ==, TC_BATCH_EARLY);
  g_assert_true (tc_finality_get (f.finality, &tx->txid)->certified);
  f.next_sequence[1] = withheld + 1;
  g_assert_cmpint (receive (&f, 1, tx, NULL), ==, TC_BATCH_IGNORED);
  fixture_close (&f);
}

static void
test_equivocation (void)
{
  g_test_summary ("A second batch of one sequence is equivocation, in order or early; its votes count, so that a certificate built on it stands.");
  Fixture f;
  g_autoptr(TcTx) a = make_spend (0, 5000);
  g_autoptr(TcTx) b = make_spend (0, 6000);
  g_autoptr(TcTx) c = make_spend (1, 6000);
  g_autoptr(TcTx) d = make_spend (1, 7000);
  g_autoptr(TcBatch) early = NULL, beside = NULL;

  fixture_open (&f);
  g_assert_cmpint (receive (&f, 1, a, NULL), ==, TC_BATCH_ACCEPTED);
  f.next_sequence[1] = 0;
  g_assert_cmpint (receive (&f, 1, b, NULL), ==, TC_BATCH_EQUIVOCATION);
  receive (&f, 2, b, NULL);
  receive (&f, 3, b, NULL);
  g_assert_true (tc_finality_get (f.finality, &b->txid)->certified);
  g_assert_false (tc_finality_get (f.finality, &a->txid)->certified);

  f.next_sequence[1] = 2;
  early = make_batch (&f, 1, c, NULL);
  f.next_sequence[1] = 2;
  beside = make_batch (&f, 1, d, NULL);
  g_assert_cmpint (tc_finality_add_batch (f.finality, early, 0, f.changed), ==, TC_BATCH_EARLY);
  g_assert_cmpint (tc_finality_add_batch (f.finality, beside, 0, f.changed), ==, TC_BATCH_EARLY);
  f.next_sequence[1] = 1;
  g_assert_cmpint (receive (&f, 1, NULL, a), ==, TC_BATCH_ACCEPTED);
  g_assert_cmpuint (tc_finality_get_next_sequence (f.finality, 1), ==, 3);
  receive (&f, 2, d, NULL);
  receive (&f, 3, d, NULL);
  g_assert_true (tc_finality_get (f.finality, &d->txid)->certified);
  fixture_close (&f);
}

static void
test_certificate (void)
{
  g_test_summary ("A certificate is one batch of each voter, enough to certify the transaction elsewhere.");
  Fixture f;
  g_autoptr(TcTx) tx = make_spend (0, 5000);
  g_autoptr(GPtrArray) batches = NULL, none = NULL;

  fixture_open (&f);
  receive (&f, 1, tx, NULL);
  none = tc_finality_dup_certificate (f.finality, &tx->txid);
  g_assert_cmpuint (none->len, ==, 0);
  receive (&f, 2, tx, NULL);
  receive (&f, 3, tx, NULL);
  batches = tc_finality_dup_certificate (f.finality, &tx->txid);
  g_assert_cmpuint (batches->len, ==, 3);
  fixture_restart (&f);
  for (guint i = 0; i < batches->len; i++)
    tc_finality_add_batch (f.finality, g_ptr_array_index (batches, i), 0, NULL);
  g_assert_true (tc_finality_get (f.finality, &tx->txid)->certified);
  fixture_close (&f);
}

static void
test_close (void)
{
  g_test_summary ("After closing: no vote, no acknowledgement, nothing of what was queued; the same close again.");
  Fixture f;
  TcClose close, again;
  g_autoptr(TcTx) queued = make_spend (0, 5000);
  g_autoptr(TcTx) late = make_spend (1, 5000);

  fixture_open (&f);
  tc_finality_vote (f.finality, queued, 0);
  g_assert_true (tc_finality_close (f.finality, &close));
  g_assert_true (tc_finality_is_closed (f.finality));
  g_assert_null (flush (&f));
  g_assert_cmpint (tc_finality_get_deadline_ms (f.finality), ==, G_MAXINT64);
  g_assert_cmpint (tc_finality_vote (f.finality, late, 0), ==, TC_FINALITY_CLOSED);
  tc_finality_add_tx (f.finality, late, 0);
  for (guint32 member = 1; member < N_MEMBERS; member++)
    receive (&f, member, late, late);
  g_assert_true (tc_finality_get (f.finality, &late->txid)->certified);
  g_assert_null (flush (&f));
  g_assert_true (tc_finality_close (f.finality, &again));
  g_assert_cmpmem (&close, sizeof close, &again, sizeof again);
  g_assert_true (tc_close_check (&close, &f.chain_id, tc_secret_key_get_public (f.keys[0])));
  fixture_close (&f);
}

static void
test_close_list (void)
{
  g_test_summary ("A close lists, sorted, what was acknowledged and is not in the chain; anyone rebuilds the list from the member's batches.");
  Fixture f;
  TcTx *txs[3];
  g_autoptr(GArray) list = NULL, theirs = NULL;
  TcClose close;
  TcHash root;

  fixture_open (&f);
  for (guint i = 0; i < 3; i++)
    {
      txs[i] = make_spend (i, 5000);
      certify (&f, txs[i]);
      tc_batch_unref (flush (&f));
    }
  tc_finality_set_in_chain (f.finality, &txs[1]->txid);
  tc_finality_chain_changed (f.finality, 0);
  g_assert_true (tc_finality_close (f.finality, &close));
  list = tc_finality_dup_list (f.finality, 0);
  g_assert_cmpuint (list->len, ==, 2);
  g_assert_cmpint (tc_hash_compare (&g_array_index (list, TcHash, 0), &g_array_index (list, TcHash, 1)), <, 0);
  root = tc_merkle_root ((const TcHash *) (gpointer) list->data, list->len);
  g_assert_cmpuint (close.count, ==, 2);
  g_assert_true (tc_hash_equal (&close.root, &root));
  theirs = tc_finality_dup_list (f.finality, 1);
  g_assert_cmpuint (theirs->len, ==, 0);
  for (guint i = 0; i < 3; i++)
    tc_tx_unref (txs[i]);
  fixture_close (&f);
}

static void
test_certified_list (void)
{
  g_test_summary ("Certified transactions come in the order of their certificates, with their bytes, and leave with their block.");
  Fixture f;
  g_autoptr(TcTx) a = make_spend (0, 5000);
  g_autoptr(TcTx) b = make_spend (1, 5000);
  g_autoptr(GPtrArray) both = NULL, rest = NULL;

  fixture_open (&f);
  certify (&f, b);
  certify (&f, a);
  both = tc_finality_dup_certified (f.finality);
  g_assert_cmpuint (both->len, ==, 2);
  g_assert_true (((TcFinalityTx *) g_ptr_array_index (both, 0))->tx == b);
  g_assert_cmpuint (tc_finality_get_certified_bytes (f.finality), ==, a->size_bytes + b->size_bytes);
  tc_finality_set_in_chain (f.finality, &b->txid);
  tc_finality_chain_changed (f.finality, 0);
  rest = tc_finality_dup_certified (f.finality);
  g_assert_cmpuint (rest->len, ==, 1);
  g_assert_cmpuint (tc_finality_get_certified_bytes (f.finality), ==, a->size_bytes);
  fixture_close (&f);
}

static void
test_view (void)
{
  g_test_summary ("Outputs of certified transactions can be spent by votes; of others not.");
  Fixture f;
  g_autoptr(TcTx) tx = make_spend (0, 5000);
  TcOutpoint outpoint = { tx->txid, 0 };
  TcCoinView view;
  TcCoin coin;

  fixture_open (&f);
  view = tc_finality_get_view (f.finality);
  receive (&f, 1, tx, NULL);
  tc_finality_add_tx (f.finality, tx, 0);
  g_assert_false (view.get_coin (view.user_data, &outpoint, &coin));
  certify (&f, tx);
  g_assert_true (view.get_coin (view.user_data, &outpoint, &coin));
  g_assert_cmpuint (coin.output.amount.units, ==, 5000);
  outpoint.index = 1;
  g_assert_false (view.get_coin (view.user_data, &outpoint, &coin));
  fixture_close (&f);
}

static void
test_back_pressure (void)
{
  g_test_summary ("Votes go so far ahead of the chain and no further; the fee floor climbs by quarters; a block makes room.");
  static const guint64 rates[4] = { 1, 8, 64, 512 };
  Fixture f;
  TcTx *txs[5];

  fixture_open (&f);
  for (guint i = 0; i < 5; i++)
    txs[i] = make_spend (i, 5000);
  tc_finality_free (f.finality);
  f.params.vote_ahead_bytes = 4 * txs[0]->size_bytes;
  fixture_start (&f, 0);
  for (guint i = 0; i < 4; i++)
    {
      g_assert_cmpuint (tc_finality_get_fee_rate (f.finality), ==, rates[i]);
      g_assert_cmpint (tc_finality_vote (f.finality, txs[i], 0), ==, TC_FINALITY_VOTED);
    }
  g_assert_cmpuint (tc_finality_get_fee_rate (f.finality), ==, 512);
  g_assert_cmpint (tc_finality_vote (f.finality, txs[4], 0), ==, TC_FINALITY_AHEAD);
  tc_finality_set_in_chain (f.finality, &txs[0]->txid);
  tc_finality_chain_changed (f.finality, 0);
  g_assert_cmpint (tc_finality_vote (f.finality, txs[4], 0), ==, TC_FINALITY_VOTED);
  for (guint i = 0; i < 5; i++)
    tc_tx_unref (txs[i]);
  fixture_close (&f);
}

static void
test_open_votes_cap (void)
{
  g_test_summary ("One member's votes for what nobody else votes for are kept up to a limit, and what is certified or in the chain makes room.");
  Fixture f;
  g_autofree TcHash *votes = g_new0 (TcHash, TC_BATCH_ENTRIES_MAX);
  guint32 sequence = 0, n = 0;
  TcBatchVerdict verdict = TC_BATCH_ACCEPTED;

  fixture_open (&f);
  while (verdict == TC_BATCH_ACCEPTED)
    {
      g_autoptr(TcBatch) batch = NULL;

      for (guint i = 0; i < TC_BATCH_ENTRIES_MAX; i++)
        memcpy (votes[i].bytes, &(guint32) { n + i + 1 }, 4);
      batch = tc_batch_new (7, 1, sequence, n, votes, TC_BATCH_ENTRIES_MAX, NULL, 0, &f.chain_id, f.keys[1]);
      verdict = tc_finality_add_batch (f.finality, batch, 0, NULL);
      if (verdict != TC_BATCH_ACCEPTED)
        break;
      sequence++;
      n += TC_BATCH_ENTRIES_MAX;
      g_assert_cmpuint (n, <=, TC_FINALITY_OPEN_MAX);
    }
  g_assert_cmpint (verdict, ==, TC_BATCH_IGNORED);
  g_assert_cmpuint (n + TC_BATCH_ENTRIES_MAX, >, TC_FINALITY_OPEN_MAX);
  for (guint i = 0; i < TC_BATCH_ENTRIES_MAX; i++)
    {
      TcHash txid = TC_HASH_ZERO;

      memcpy (txid.bytes, &(guint32) { i + 1 }, 4);
      tc_finality_set_in_chain (f.finality, &txid);
    }
  {
    g_autoptr(TcBatch) batch = tc_batch_new (7, 1, sequence, n, votes, TC_BATCH_ENTRIES_MAX, NULL, 0, &f.chain_id, f.keys[1]);

    g_assert_cmpint (tc_finality_add_batch (f.finality, batch, 0, NULL), ==, TC_BATCH_ACCEPTED);
  }
  fixture_close (&f);
}

static TcBatchVerdict
repeat (Fixture *f, guint32 sequence, const TcHash *votes, gsize n_votes, const TcAck *acks, gsize n_acks)
{
  g_autoptr(TcBatch) batch = tc_batch_new (7, 1, sequence, 0, votes, n_votes, acks, n_acks, &f->chain_id, f->keys[1]);

  return tc_finality_add_batch (f->finality, batch, 0, NULL);
}

static void
test_repeated_votes_cap (void)
{
  g_test_summary ("A member that says the same again and again, or acknowledges what it never voted for, is heard up to a limit: memory stays bounded.");

  for (guint way = 0; way < 3; way++)
    {
      Fixture f;
      g_autofree TcHash *votes = g_new0 (TcHash, TC_BATCH_ENTRIES_MAX);
      g_autofree TcAck *acks = g_new0 (TcAck, TC_BATCH_ENTRIES_MAX);
      guint32 sequence = 1;

      fixture_open (&f);
      for (guint32 i = 0; i < TC_BATCH_ENTRIES_MAX; i++)
        {
          memcpy (votes[i].bytes, &(guint32) { i + 1 }, 4);
          acks[i] = (TcAck) { way == 1 ? G_MAXUINT32 : G_MAXINT32, votes[i] };
        }
      g_assert_cmpint (repeat (&f, 0, votes, TC_BATCH_ENTRIES_MAX, NULL, 0), ==, TC_BATCH_ACCEPTED);
      if (way == 1)
        g_assert_cmpint (repeat (&f, sequence++, NULL, 0, acks, TC_BATCH_ENTRIES_MAX), ==, TC_BATCH_ACCEPTED);
      while ((way == 0 ? repeat (&f, sequence, votes, TC_BATCH_ENTRIES_MAX, NULL, 0) : repeat (&f, sequence, NULL, 0, acks, TC_BATCH_ENTRIES_MAX))
             == TC_BATCH_ACCEPTED)
        g_assert_cmpuint (++sequence, <=, TC_FINALITY_WASTED_MAX / TC_BATCH_ENTRIES_MAX + 3);
      g_assert_cmpuint (sequence, >=, TC_FINALITY_WASTED_MAX / TC_BATCH_ENTRIES_MAX);
      fixture_close (&f);
    }
}

static void
test_early_is_no_waste (void)
{
  g_test_summary ("Batches that come in the wrong order say nothing twice, however many there are.");
  Fixture f;

  fixture_open (&f);
  for (guint32 pair = 0; pair < TC_FINALITY_WASTED_MAX / TC_BATCH_ENTRIES_MAX + 2; pair++)
    for (guint32 second = 0; second < 2; second++)
      {
        g_autofree TcHash *votes = g_new0 (TcHash, TC_BATCH_ENTRIES_MAX);
        const guint32 sequence = 2 * pair + 1 - second;
        g_autoptr(TcBatch) batch = NULL;

        for (guint32 i = 0; i < TC_BATCH_ENTRIES_MAX; i++)
          {
            memcpy (votes[i].bytes, &(guint32) { sequence * TC_BATCH_ENTRIES_MAX + i + 1 }, 4);
            tc_finality_set_in_chain (f.finality, &votes[i]);
          }
        batch = tc_batch_new (7, 1, sequence, sequence * TC_BATCH_ENTRIES_MAX, votes, TC_BATCH_ENTRIES_MAX, NULL, 0, &f.chain_id, f.keys[1]);
        g_assert_cmpint (tc_finality_add_batch (f.finality, batch, 0, NULL), ==, second ? TC_BATCH_ACCEPTED : TC_BATCH_EARLY);
      }
  fixture_close (&f);
}

static void
test_dropped (void)
{
  g_test_summary ("What the pool drops is forgotten, but for votes of others; what was voted for here, acknowledged by anybody, certified or is in the chain stays.");
  Fixture f;
  TcTx *txs[6];

  fixture_open (&f);
  for (guint i = 0; i < 6; i++)
    {
      txs[i] = make_spend (i, 5000);
      tc_finality_add_tx (f.finality, txs[i], 0);
    }
  receive (&f, 1, txs[1], NULL);
  tc_finality_vote (f.finality, txs[2], 0);
  certify (&f, txs[3]);
  tc_finality_set_in_chain (f.finality, &txs[4]->txid);
  receive (&f, 1, NULL, txs[5]);
  for (guint i = 0; i < 6; i++)
    tc_finality_drop_tx (f.finality, &txs[i]->txid);
  g_assert_null (tc_finality_get (f.finality, &txs[0]->txid));
  g_assert_null (tc_finality_get (f.finality, &txs[1]->txid)->tx);
  g_assert_cmpuint (tc_finality_get (f.finality, &txs[1]->txid)->vote_power, ==, 1);
  for (guint i = 2; i < 6; i++)
    g_assert_true (tc_finality_get (f.finality, &txs[i]->txid)->tx == txs[i]);
  tc_finality_drop_tx (f.finality, &txs[0]->txid);
  tc_finality_add_tx (f.finality, txs[0], 0);
  tc_finality_add_tx (f.finality, txs[1], 0);
  certify (&f, txs[0]);
  g_assert_true (tc_finality_get (f.finality, &txs[0]->txid)->certified);
  for (guint i = 0; i < 6; i++)
    tc_tx_unref (txs[i]);
  fixture_close (&f);
}

static void
test_flush_time (void)
{
  g_test_summary ("A batch goes when its first entry is batch_age_ms old or it is full, not before.");
  Fixture f;
  g_autoptr(TcTx) tx = make_spend (0, 5000);
  g_autoptr(TcTx) other = make_spend (1, 5000);
  g_autoptr(TcBatch) aged = NULL, full = NULL;

  fixture_open (&f);
  g_assert_cmpint (tc_finality_get_deadline_ms (f.finality), ==, G_MAXINT64);
  tc_finality_vote (f.finality, tx, 1000);
  g_assert_cmpint (tc_finality_get_deadline_ms (f.finality), ==, 1000 + (gint64) f.params.batch_age_ms);
  g_assert_null (tc_finality_flush (f.finality, 1000 + f.params.batch_age_ms - 1, FALSE, NULL));
  aged = tc_finality_flush (f.finality, 1000 + f.params.batch_age_ms, FALSE, NULL);
  g_assert_nonnull (aged);
  tc_finality_free (f.finality);
  f.params.batch_entries_max = 2;
  fixture_start (&f, 0);
  tc_finality_vote (f.finality, tx, 1000);
  tc_finality_vote (f.finality, other, 1000);
  full = tc_finality_flush (f.finality, 1000, FALSE, NULL);
  g_assert_cmpuint (full->n_votes, ==, 2);
  fixture_close (&f);
}

static void
test_restore (void)
{
  g_test_summary ("After a restart the own batches restore votes, locks, positions, acknowledgements and the next sequence; nothing is signed before.");
  Fixture f;
  g_autoptr(TcTx) tx = make_spend (0, 5000);
  g_autoptr(TcTx) rival = make_spend (0, 6000);
  g_autoptr(TcTx) next = make_spend (1, 6000);
  g_autoptr(TcBatch) first = NULL, second = NULL, third = NULL;
  g_autoptr(GArray) list = NULL;

  fixture_open (&f);
  tc_finality_vote (f.finality, tx, 0);
  first = flush (&f);
  receive (&f, 1, tx, NULL);
  receive (&f, 2, tx, NULL);
  second = flush (&f);
  fixture_restart (&f);
  tc_finality_add_tx (f.finality, tx, 0);
  tc_finality_restore_batch (f.finality, first);
  tc_finality_restore_batch (f.finality, second);
  g_assert_cmpint (tc_finality_vote (f.finality, next, 0), ==, TC_FINALITY_WATCHING);
  tc_finality_begin (f.finality, 0);
  g_assert_cmpint (tc_finality_vote (f.finality, rival, 0), ==, TC_FINALITY_LOCKED);
  g_assert_cmpint (tc_finality_vote (f.finality, tx, 0), ==, TC_FINALITY_ALREADY);
  g_assert_true (tc_finality_get (f.finality, &tx->txid)->acked);
  g_assert_cmpuint (tc_finality_get_ahead_bytes (f.finality), ==, tx->size_bytes);
  list = tc_finality_dup_list (f.finality, 0);
  g_assert_cmpuint (list->len, ==, 1);
  f.next_sequence[1] = f.next_sequence[2] = 0;
  receive (&f, 1, tx, NULL);
  receive (&f, 2, tx, NULL);
  g_assert_null (flush (&f));
  tc_finality_vote (f.finality, next, 0);
  third = flush (&f);
  g_assert_cmpuint (third->sequence, ==, 2);
  fixture_close (&f);
}

static void
test_restore_close (void)
{
  g_test_summary ("A member that had closed the epoch before a restart stays closed, with the same close.");
  Fixture f;
  g_autoptr(TcTx) tx = make_spend (0, 5000);
  TcClose close, again;

  fixture_open (&f);
  g_assert_true (tc_finality_close (f.finality, &close));
  fixture_restart (&f);
  tc_finality_restore_close (f.finality, &close);
  tc_finality_begin (f.finality, 0);
  g_assert_cmpint (tc_finality_vote (f.finality, tx, 0), ==, TC_FINALITY_CLOSED);
  g_assert_true (tc_finality_close (f.finality, &again));
  g_assert_cmpmem (&close, sizeof close, &again, sizeof again);
  fixture_close (&f);
}

static void
test_watching (void)
{
  g_test_summary ("Who is no member, or stopped signing, votes and closes nothing, and still sees finality.");
  Fixture f;
  g_autoptr(TcTx) tx = make_spend (0, 5000);
  TcClose close;

  fixture_open (&f);
  tc_finality_stop_signing (f.finality);
  g_assert_cmpint (tc_finality_vote (f.finality, tx, 0), ==, TC_FINALITY_WATCHING);
  g_assert_false (tc_finality_close (f.finality, &close));
  tc_finality_free (f.finality);
  fixture_start (&f, TC_MEMBER_NONE);
  g_assert_cmpint (tc_finality_vote (f.finality, tx, 0), ==, TC_FINALITY_WATCHING);
  tc_finality_add_tx (f.finality, tx, 0);
  for (guint32 member = 0; member < 3; member++)
    receive (&f, member, tx, tx);
  g_assert_true (tc_finality_get (f.finality, &tx->txid)->final);
  g_assert_null (flush (&f));
  fixture_close (&f);
}

static void
test_free_some (void)
{
  g_test_summary ("An epoch goes bit by bit: each call frees as many parts as it is told, and the last one the rest.");
  Fixture f;
  guint n_calls = 1;

  fixture_open (&f);
  for (guint i = 0; i < 10; i++)
    {
      g_autoptr(TcTx) tx = make_spend (i, 1000);

      tc_finality_add_tx (f.finality, tx, 0);
    }
  while (!tc_finality_free_some (f.finality, 3))
    n_calls++;
  g_assert_cmpuint (n_calls, ==, 4);  /* 3 + 3 + 3 + 1 */
  fixture_make (&f, 0);
  fixture_close (&f);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/consensus/finality/path", test_path);
  g_test_add_func ("/consensus/finality/quorum-boundary", test_quorum_boundary);
  g_test_add_func ("/consensus/finality/survive-11-lock", test_lock);
  g_test_add_func ("/consensus/finality/no-ack-without-certificate", test_no_ack_without_certificate);
  g_test_add_func ("/consensus/finality/certified-without-own-vote", test_certified_without_own_vote);
  g_test_add_func ("/consensus/finality/ack-by-position", test_ack_by_position);
  g_test_add_func ("/consensus/finality/traces", test_traces);
  g_test_add_func ("/consensus/finality/survive-16-misnumbered", test_misnumbered);
  g_test_add_func ("/consensus/finality/parents", test_parents);
  g_test_add_func ("/consensus/finality/parent-in-chain", test_parent_in_chain);
  g_test_add_func ("/consensus/finality/early", test_early);
  g_test_add_func ("/consensus/finality/early-limit", test_early_limit);
  g_test_add_func ("/consensus/finality/survive-16-needed", test_needed);
  g_test_add_func ("/consensus/finality/survive-16-two-batches", test_equivocation);
  g_test_add_func ("/consensus/finality/certificate", test_certificate);
  g_test_add_func ("/consensus/finality/close", test_close);
  g_test_add_func ("/consensus/finality/close-list", test_close_list);
  g_test_add_func ("/consensus/finality/certified-list", test_certified_list);
  g_test_add_func ("/consensus/finality/view", test_view);
  g_test_add_func ("/consensus/finality/back-pressure", test_back_pressure);
  g_test_add_func ("/consensus/finality/open-votes-cap", test_open_votes_cap);
  g_test_add_func ("/consensus/finality/repeated-votes-cap", test_repeated_votes_cap);
  g_test_add_func ("/consensus/finality/early-is-no-waste", test_early_is_no_waste);
  g_test_add_func ("/consensus/finality/dropped", test_dropped);
  g_test_add_func ("/consensus/finality/flush-time", test_flush_time);
  g_test_add_func ("/consensus/finality/survive-22-restore", test_restore);
  g_test_add_func ("/consensus/finality/survive-22-restore-close", test_restore_close);
  g_test_add_func ("/consensus/finality/watching", test_watching);
  g_test_add_func ("/consensus/finality/free-some", test_free_some);
  return g_test_run ();
}
