#include <string.h>

#include "engine-net.h"
#include "engine/engine-private.h"
#include "engine/halt-record.h"

/* Rules S3 and S4. One engine without a key, at genesis, and three peers that the test speaks for: each has a chain, and answers as the test says. What the engine asks for is noted, and answered
 * by answer_for (). */

#define PEERS 3u
#define FIRST 1u   /* their places: 1 to 3 */
#define EPOCHS 9u

typedef struct
{
  guint   place;
  guint8  type;
  guint32 from;
  guint   count;
} Ask;

typedef struct
{
  EngineNet *net;
  GPtrArray *links;             /* TcLink: of the real chain, from epoch 1 */
  GPtrArray *commits;           /* TcCommit: of its blocks, from height 1 */
  GPtrArray *shown[1 + PEERS];  /* (nullable): by place: what that peer shows in their stead */
  gboolean   silent[1 + PEERS]; /* it answers nothing */
  gboolean   absent[1 + PEERS]; /* it says no status */
  guint      page;              /* links in an answer, at most */
  gboolean   no_blocks;         /* nobody says that he has any, nor sends them */
  GQueue     asked;             /* Ask *: not answered yet */
  guint      n_asked[1 + PEERS];  /* for links */
  guint32    first_asked;       /* epoch; 0: none */
  guint      n_blocks_asked;
  TcSyncProgress progress;      /* the last that was about links */
  GPtrArray *served;            /* (nullable) TcLink: in its last answer */
} World;

static gboolean
note_asked (EngineNet *net, guint from, guint to, guint8 type, GBytes *body, gpointer user_data)
{
  World *self = user_data;
  Ask ask = { .place = to, .type = type };
  guint16 count = 0;
  guint8 few = 0;

  if (from == 0 && type == TC_MESSAGE_EPOCHS)
    {
      g_clear_pointer (&self->served, g_ptr_array_unref);
      g_assert_true (tc_epochs_decode (body, &self->served));
    }
  if (from != 0 || (type != TC_MESSAGE_GET_EPOCHS && type != TC_MESSAGE_GET_BLOCKS))
    return FALSE;
  if (type == TC_MESSAGE_GET_EPOCHS)
    {
      g_assert_true (tc_get_epochs_decode (body, &ask.from, &count));
      ask.count = count;
      self->n_asked[to]++;
      if (self->first_asked == 0)
        self->first_asked = ask.from;
    }
  else
    {
      g_assert_true (tc_get_blocks_decode (body, &ask.from, &few));
      ask.count = few;
      self->n_blocks_asked++;
    }
  g_queue_push_tail (&self->asked, g_memdup2 (&ask, sizeof ask));
  return FALSE;
}

static TcLink *
real_link (const World *self, guint32 epoch)
{
  return g_ptr_array_index (self->links, epoch - 1);
}

/* A chain of @n_epochs whole epochs and one block more; the clock says that the last has just come. */
static void
world_init (World *self, guint n_epochs, const TcParams *params)
{
  TcChainFixture *chain;

  *self = (World) { .net = engine_net_new (4, 4, params), .page = 2 };
  chain = self->net->chain;
  self->links = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_link_unref);
  self->commits = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_commit_unref);
  g_queue_init (&self->asked);
  while (self->links->len < n_epochs || tc_ledger_get_tip (chain->ledger)->is_last)
    {
      const TcBlock *block = tc_chain_fixture_extend (chain, NULL, 0);

      g_ptr_array_add (self->commits, tc_commit_ref (chain->commit));
      if (tc_ledger_get_tip (chain->ledger)->is_last)
        g_ptr_array_add (self->links, tc_link_new (&block->header, chain->commit, tc_ledger_get_committee (chain->ledger)));
    }
  self->net->wall_ms = (gint64) tc_ledger_get_tip (chain->ledger)->time_ms + 100;
  self->net->nodes[0].no_key = TRUE;
  self->net->filter = note_asked;
  self->net->user_data = self;
}

static void
world_clear (World *self)
{
  g_queue_clear_full (&self->asked, g_free);
  for (guint i = 0; i <= PEERS; i++)
    g_clear_pointer (&self->shown[i], g_ptr_array_unref);
  g_clear_pointer (&self->served, g_ptr_array_unref);
  engine_net_free (self->net);
  g_ptr_array_unref (self->links);
  g_ptr_array_unref (self->commits);
}

static void
send_taken (World *self, guint place, guint8 type, GBytes *body)
{
  engine_net_send (self->net, place, 0, type, body);
  g_bytes_unref (body);
}

static void
say_status (World *self, guint place, guint32 epoch)
{
  const TcTip *tip = tc_ledger_get_tip (self->net->chain->ledger);
  const TcStatusMessage status = { .height = self->no_blocks ? 0 : tip->height, .epoch = epoch, .n_members = 4, .tip = tip->hash, .oldest = 1, .time_ms = (guint64) self->net->wall_ms };

  send_taken (self, place, TC_MESSAGE_STATUS, tc_status_message_encode (&status));
}

static void
send_links (World *self, guint place, GPtrArray *links, guint32 from, guint count)
{
  g_autoptr(GPtrArray) page = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  for (guint i = 0; i < MIN (count, self->page) && from + i <= links->len; i++)
    g_ptr_array_add (page, tc_link_encode (g_ptr_array_index (links, from + i - 1)));
  send_taken (self, place, TC_MESSAGE_EPOCHS, tc_epochs_encode ((GBytes *const *) page->pdata, page->len));
}

static void
send_blocks (World *self, guint place, guint32 from, guint count)
{
  for (guint32 height = from; height < from + count && height <= self->commits->len && self->net->nodes[0].halt == NULL; height++)
    {
      g_autoptr(GBytes) block = tc_block_encode (g_ptr_array_index (self->net->chain->blocks, height - 1));
      g_autoptr(GByteArray) bytes = g_byte_array_new ();
      g_autoptr(GBytes) commit = NULL;

      tc_commit_put (bytes, g_ptr_array_index (self->commits, height - 1));
      commit = g_bytes_new (bytes->data, bytes->len);
      send_taken (self, place, TC_MESSAGE_BLOCK, tc_message_block (block, commit));
    }
}

static void
answer (World *self)
{
  Ask *ask;

  while ((ask = g_queue_pop_head (&self->asked)) != NULL)
    {
      if (self->silent[ask->place] || self->net->nodes[0].halt != NULL)
        ;
      else if (ask->type == TC_MESSAGE_GET_EPOCHS)
        send_links (self, ask->place, self->shown[ask->place] != NULL ? self->shown[ask->place] : self->links, ask->from, ask->count);
      else if (!self->no_blocks)
        send_blocks (self, ask->place, ask->from, ask->count);
      g_free (ask);
    }
}

static void
note_progress (World *self)
{
  TcEngineInfo info;

  tc_engine_get_info (self->net->nodes[0].engine, &info);
  if (info.sync.phase == TC_SYNC_LINKS)
    self->progress = info.sync;
}

/* Statuses come each second. */
static void
answer_for (World *self, gint64 ms)
{
  for (gint64 i = 0; i < ms && self->net->nodes[0].halt == NULL; i++)
    {
      if (i % 1000 == 0)
        for (guint place = FIRST; place <= PEERS; place++)
          if (!self->absent[place])
            say_status (self, place, (self->shown[place] != NULL ? self->shown[place] : self->links)->len + 1);
      answer (self);
      note_progress (self);
      engine_net_run (self->net, 1);
    }
}

static TcEngine *
get_engine (const World *self)
{
  return self->net->nodes[0].engine;
}

/* That the links of epochs 1 to @n, and no others, are proven and on disk. */
static void
check_proven (World *self, guint n)
{
  const GPtrArray *stored = self->net->nodes[0].links;

  g_assert_cmpuint (tc_engine_get_link_epoch (get_engine (self)), ==, n + 1);
  g_assert_cmpuint (stored->len, ==, n);
  for (guint32 epoch = 1; epoch <= n; epoch++)
    g_assert_true (tc_hash_equal (&((TcLink *) g_ptr_array_index (stored, epoch - 1))->hash, &real_link (self, epoch)->hash));
}

/* --- made-up links --- */

/* Of @committee's epoch, signed by its first @n_signers members with the keys of the fixture; @next: of the epoch after. */
static TcLink *
make_link (const World *self, const TcCommittee *committee, guint n_signers, TcCommittee *next, guint32 height, guint64 time_ms)
{
  const TcHash *chain_id = &self->net->chain->genesis->chain_id;
  const TcHeader header = { .version = TC_BLOCK_VERSION, .chain_id = *chain_id, .height = height, .epoch = committee->epoch, .time_ms = time_ms,
                            .state_root = { { 7 } }, .committee = tc_committee_hash (committee), .next_committee = tc_committee_hash (next) };
  const TcHash hash = tc_header_hash (&header);
  TcSignature signatures[4];
  guint8 signers[TC_BITMAP_SIZE_MAX] = { 0 };
  g_autoptr(TcCommit) commit = NULL;

  for (guint i = 0; i < n_signers; i++)
    {
      TcVote vote = { .step = TC_STEP_PRECOMMIT, .epoch = committee->epoch, .height = height, .block_hash = hash, .member = (guint8) i };
      const TcSecretKey *key = g_hash_table_lookup (self->net->chain->keys, &committee->members[i].operator_key);

      tc_vote_sign (&vote, chain_id, key);
      signatures[i] = vote.signature;
      tc_bitmap_set (signers, i);
    }
  commit = tc_commit_new (height, 0, &hash, signers, committee->n_members, signatures);
  return tc_link_new (&header, commit, next);
}

static TcCommittee *
real_committee (const World *self, guint32 epoch)
{
  TcMember members[TC_COMMITTEE_MAX];
  const TcCommittee *any = tc_ledger_get_committee (self->net->chain->ledger);

  memcpy (members, any->members, sizeof members);
  return tc_committee_new (epoch, any->drawn, members, any->n_members);
}

/* Of one member, whose key is not the network's. */
static TcCommittee *
false_committee (const World *self, guint32 epoch)
{
  TcSecretKey *key = tc_fixture_key (4711);
  TcMember member;

  memset (&member, 0, sizeof member);
  member.masternode = 2;
  member.operator_key = *tc_secret_key_get_public (key);
  member.power = 5;
  tc_chain_fixture_add_key (self->net->chain, key);
  tc_secret_key_unref (key);
  return tc_committee_new (epoch, FALSE, &member, 1);
}

/* The real links up to @fork - 1, then ones that its committee signs away to another: @n in all. */
static GPtrArray *
make_branch (const World *self, guint32 fork, guint32 n)
{
  GPtrArray *links = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_link_unref);

  for (guint32 epoch = 1; epoch <= n; epoch++)
    {
      const TcHeader *real = epoch <= self->links->len ? &real_link (self, epoch)->header : NULL;
      const guint64 time_ms = real != NULL ? real->time_ms : (guint64) self->net->wall_ms;
      g_autoptr(TcCommittee) committee = epoch <= fork ? real_committee (self, epoch) : false_committee (self, epoch);
      g_autoptr(TcCommittee) next = false_committee (self, epoch + 1);

      if (epoch < fork)
        g_ptr_array_add (links, tc_link_ref (real_link (self, epoch)));
      else
        g_ptr_array_add (links, make_link (self, committee, committee->n_members == 1 ? 1 : 3, next, real != NULL ? real->height : 100 + epoch, time_ms));
    }
  return links;
}

/* --- S3 --- */

static void
test_proven (void)
{
  g_test_summary ("S3: links come from several peers in turn; heights, hashes, state roots and committees of the chain are known before any of its blocks.");
  World world;
  TcHash hash, root;
  guint64 time_ms;

  world_init (&world, EPOCHS, NULL);
  world.no_blocks = TRUE;
  engine_net_start (world.net, 0);
  answer_for (&world, 300);
  check_proven (&world, EPOCHS);
  g_assert_cmpuint (engine_net_height (world.net, 0), ==, 0);
  for (guint place = FIRST; place <= PEERS; place++)
    {
      g_assert_cmpuint (world.n_asked[place], >=, 1);
      g_assert_cmpuint (world.net->nodes[0].punished[place], ==, 0);
    }
  for (guint32 epoch = 1; epoch <= EPOCHS; epoch++)
    {
      const TcLink *link = real_link (&world, epoch);
      const TcCommittee *committee = tc_engine_committee_of (get_engine (&world), epoch + 1);
      const TcHash found = tc_committee_hash (committee);

      g_assert_true (tc_hash_equal (&found, &link->header.next_committee));
      g_assert_true (tc_engine_find_link (get_engine (&world), link->header.height, &hash, &root));
      g_assert_true (tc_hash_equal (&hash, &link->hash));
      g_assert_true (tc_hash_equal (&root, &link->header.state_root));
      g_assert_false (tc_engine_find_link (get_engine (&world), link->header.height - 1, &hash, &root));
    }
  g_assert_null (tc_engine_committee_of (get_engine (&world), EPOCHS + 2));
  g_assert_cmpuint (tc_engine_get_proven (get_engine (&world), &time_ms), ==, real_link (&world, EPOCHS)->header.height);
  g_assert_cmpuint (time_ms, ==, real_link (&world, EPOCHS)->header.time_ms);
  world_clear (&world);
}

static void
test_progress (void)
{
  g_test_summary ("While links come, the progress says how many epochs of how many are proven.");
  World world;

  world_init (&world, EPOCHS, NULL);
  world.no_blocks = TRUE;
  engine_net_start (world.net, 0);
  answer_for (&world, 1);
  g_assert_cmpuint (world.progress.done, <, EPOCHS);
  g_assert_cmpuint (world.progress.total, ==, EPOCHS);
  g_assert_cmpuint (world.progress.n_peers, >=, 1);
  g_assert_cmpuint (world.progress.n_peers, <=, PEERS);
  world_clear (&world);
}

static void
test_then_blocks (void)
{
  g_test_summary ("S3: then come the blocks; the chain of epochs stays as it was proven.");
  World world;

  world_init (&world, 4, NULL);
  engine_net_start (world.net, 0);
  answer_for (&world, 3000);
  g_assert_cmpuint (engine_net_height (world.net, 0), ==, world.commits->len);
  check_proven (&world, 4);
  g_assert_cmpuint (tc_engine_get_proven (get_engine (&world), NULL), ==, world.commits->len);
  for (guint place = FIRST; place <= PEERS; place++)
    g_assert_cmpuint (world.net->nodes[0].punished[place], ==, 0);
  world_clear (&world);
}

static void
test_near (void)
{
  g_test_summary ("S3: a node that is less than two epochs behind asks for blocks alone.");
  World world;

  world_init (&world, 1, NULL);
  engine_net_start (world.net, 0);
  answer_for (&world, 2000);
  g_assert_cmpuint (engine_net_height (world.net, 0), ==, world.commits->len);
  g_assert_cmpuint (world.first_asked, ==, 0);
  world_clear (&world);
}

static void
test_slow (void)
{
  g_test_summary ("survive-27: a peer that does not send its links is replaced; what others sent stays.");
  World world;

  world_init (&world, EPOCHS, NULL);
  world.no_blocks = world.silent[1] = world.silent[2] = TRUE;
  engine_net_start (world.net, 0);
  answer_for (&world, 15000);
  check_proven (&world, EPOCHS);
  g_assert_cmpuint (world.net->nodes[0].punished[1], >, 0);
  g_assert_cmpuint (world.net->nodes[0].punished[1], <=, 20);
  g_assert_cmpuint (world.net->nodes[0].punished[3], ==, 0);
  world_clear (&world);
}

static void
test_restart (void)
{
  g_test_summary ("survive-24: after a restart in the middle the stored links are taken up again, and only later ones are asked for.");
  World world;

  world_init (&world, EPOCHS, NULL);
  world.no_blocks = TRUE;
  world.shown[1] = g_ptr_array_new ();
  for (guint32 epoch = 1; epoch <= 5; epoch++)
    g_ptr_array_add (world.shown[1], real_link (&world, epoch));
  world.shown[2] = g_ptr_array_ref (world.shown[1]);
  world.shown[3] = g_ptr_array_ref (world.shown[1]);
  engine_net_start (world.net, 0);
  answer_for (&world, 300);
  check_proven (&world, 5);
  engine_net_kill (world.net, 0);
  for (guint place = FIRST; place <= PEERS; place++)
    g_clear_pointer (&world.shown[place], g_ptr_array_unref);
  world.first_asked = 0;
  engine_net_start (world.net, 0);
  check_proven (&world, 5);
  answer_for (&world, 300);
  g_assert_cmpuint (world.first_asked, ==, 6);
  check_proven (&world, EPOCHS);
  world_clear (&world);
}

static void
test_served (void)
{
  g_test_summary ("S3: links that are proven are served on, before there are blocks; where there are none, none are said to be.");
  World world;

  world_init (&world, EPOCHS, NULL);
  world.no_blocks = TRUE;
  engine_net_start (world.net, 0);
  answer_for (&world, 300);
  send_taken (&world, 2, TC_MESSAGE_GET_EPOCHS, tc_get_epochs_encode (3, 1000));
  engine_net_run (world.net, 10);
  g_assert_cmpuint (world.served->len, ==, EPOCHS - 2);
  for (guint i = 0; i < world.served->len; i++)
    g_assert_true (tc_hash_equal (&((TcLink *) g_ptr_array_index (world.served, i))->hash, &real_link (&world, 3 + i)->hash));
  send_taken (&world, 2, TC_MESSAGE_GET_EPOCHS, tc_get_epochs_encode (4, 2));
  engine_net_run (world.net, 10);
  g_assert_cmpuint (world.served->len, ==, 2);
  send_taken (&world, 2, TC_MESSAGE_GET_EPOCHS, tc_get_epochs_encode (EPOCHS + 1, 1));
  engine_net_run (world.net, 10);
  g_assert_cmpuint (world.served->len, ==, 0);
  for (guint i = 0; i < 100; i++)
    {
      g_clear_pointer (&world.served, g_ptr_array_unref);
      send_taken (&world, 2, TC_MESSAGE_GET_EPOCHS, tc_get_epochs_encode (1, 1000));
    }
  g_assert_cmpuint (world.net->nodes[0].punished[2], ==, 0);
  world_clear (&world);
}

static void
test_many (void)
{
  g_test_summary ("S3: a node remembers fifty thousand links, and the committee of each epoch; where members stay the same they are kept once.");
  const guint32 n = 50000;
  const TcSignature signatures[4] = { { { 0 } } };
  const guint8 signers[1] = { 0x0f };
  TcHeader header = { .version = TC_BLOCK_VERSION };
  World world;

  world_init (&world, 1, NULL);
  engine_net_start (world.net, 0);
  header.chain_id = world.net->chain->genesis->chain_id;
  for (header.epoch = 1; header.epoch <= n; header.epoch++)
    {
      g_autoptr(TcCommittee) committee = real_committee (&world, header.epoch), next = real_committee (&world, header.epoch + 1);
      g_autoptr(TcCommit) commit = NULL;
      g_autoptr(TcLink) link = NULL;
      TcHash hash;

      header.height = 20 * header.epoch;
      header.committee = tc_committee_hash (committee);
      header.next_committee = tc_committee_hash (next);
      hash = tc_header_hash (&header);
      commit = tc_commit_new (header.height, 0, &hash, signers, 4, signatures);
      link = tc_link_new (&header, commit, next);
      g_assert_true (tc_engine_restore_links (get_engine (&world), &link, 1));
    }
  g_assert_cmpuint (tc_engine_get_link_epoch (get_engine (&world)), ==, n + 1);
  g_assert_cmpuint (get_engine (&world)->links.members_bytes, <, 1000);
  for (guint32 epoch = 2; epoch <= n; epoch += 997)
    {
      g_autoptr(TcCommittee) expected = real_committee (&world, epoch);
      const TcHash hash = tc_committee_hash (expected), found = tc_committee_hash (tc_engine_committee_of (get_engine (&world), epoch));

      g_assert_true (tc_hash_equal (&hash, &found));
    }
  world_clear (&world);
}

/* --- liars --- */

/* Peer 1 alone shows @links; then the others come, and the chain is proven all the same. */
static void
check_refused (World *self, GPtrArray *links, guint points)
{
  self->no_blocks = TRUE;
  self->shown[1] = links;
  engine_net_start (self->net, 0);
  say_status (self, 1, links->len + 1);
  for (guint i = 0; i < 100; i++)
    {
      answer (self);
      engine_net_run (self->net, 1);
    }
  g_assert_cmpuint (self->net->nodes[0].punished[1], ==, points);
  self->silent[1] = TRUE;
  for (guint i = 0; i < 14000; i++)
    {
      if (i % 1000 == 0)
        for (guint place = 2; place <= PEERS; place++)
          say_status (self, place, self->links->len + 1);
      answer (self);
      engine_net_run (self->net, 1);
    }
  check_proven (self, self->links->len);
  g_assert_cmpuint (self->net->nodes[0].punished[2], ==, 0);
  g_assert_null (self->net->nodes[0].halt);
  world_clear (self);
}

static void
test_no_committee (void)
{
  g_test_summary ("A chain of epochs by a committee that genesis does not know is refused, and its sender punished.");
  World world;
  g_autoptr(TcCommittee) own = NULL, next = NULL;
  GPtrArray *links = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_link_unref);

  world_init (&world, EPOCHS, NULL);
  own = false_committee (&world, 1);
  next = false_committee (&world, 2);
  g_ptr_array_add (links, make_link (&world, own, 1, next, 5, TC_FIXTURE_TIME_MS + 5000));
  g_ptr_array_add (links, tc_link_ref (real_link (&world, 2)));
  world.page = 1;
  check_refused (&world, links, 100);
}

static void
test_no_quorum (void)
{
  g_test_summary ("A link that two of four members signed is refused, and its sender punished.");
  World world;
  g_autoptr(TcCommittee) committee = NULL, next = NULL;
  GPtrArray *links = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_link_unref);

  world_init (&world, EPOCHS, NULL);
  committee = real_committee (&world, 1);
  next = real_committee (&world, 2);
  g_ptr_array_add (links, make_link (&world, committee, 2, next, 5, TC_FIXTURE_TIME_MS + 5000));
  g_ptr_array_add (links, tc_link_ref (real_link (&world, 2)));
  check_refused (&world, links, 100);
}

static void
test_forged_commit (void)
{
  g_test_summary ("A link whose signatures are of another epoch's commit is refused, and those before it stay.");
  World world;
  g_autoptr(TcLink) twisted = NULL;
  g_autoptr(TcCommit) commit = NULL;
  const TcLink *real;
  GPtrArray *links = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_link_unref);

  world_init (&world, EPOCHS, NULL);
  real = real_link (&world, 3);
  commit = tc_commit_new (real->header.height, 0, &real->hash, real->commit->signers, 4, real_link (&world, 2)->commit->signatures);
  twisted = tc_link_new (&real->header, commit, real->next);
  for (guint32 epoch = 1; epoch <= EPOCHS; epoch++)
    g_ptr_array_add (links, tc_link_ref (epoch == 3 ? twisted : real_link (&world, epoch)));
  check_refused (&world, links, 100);
}

static void
test_skipped (void)
{
  g_test_summary ("Links that begin at another epoch than was asked for are no answer: others are asked, and their sender counts as slow.");
  World world;
  GPtrArray *links = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_link_unref);

  world_init (&world, EPOCHS, NULL);
  for (guint32 epoch = 2; epoch <= EPOCHS; epoch++)
    g_ptr_array_add (links, tc_link_ref (real_link (&world, epoch)));
  check_refused (&world, links, 0);
}

static void
test_malformed (void)
{
  g_test_summary ("Links that leave an epoch out, or bring another committee than the header names, do not decode: their sender is punished.");
  World world;
  g_autoptr(GBytes) first = NULL, third = NULL, body = NULL;
  TcLink wrong;
  g_autoptr(GBytes) wrong_bytes = NULL, wrong_body = NULL;
  GBytes *skipping[2];

  world_init (&world, EPOCHS, NULL);
  engine_net_start (world.net, 0);
  first = tc_link_encode (real_link (&world, 1));
  third = tc_link_encode (real_link (&world, 3));
  skipping[0] = first;
  skipping[1] = third;
  body = tc_epochs_encode (skipping, 2);
  engine_net_send (world.net, 1, 0, TC_MESSAGE_EPOCHS, body);
  g_assert_cmpuint (world.net->nodes[0].punished[1], ==, 100);
  wrong = *real_link (&world, 1);
  wrong.next = false_committee (&world, 2);
  wrong_bytes = tc_link_encode (&wrong);
  wrong_body = tc_epochs_encode (&wrong_bytes, 1);
  engine_net_send (world.net, 2, 0, TC_MESSAGE_EPOCHS, wrong_body);
  g_assert_cmpuint (world.net->nodes[0].punished[2], ==, 100);
  tc_committee_unref (wrong.next);
  world_clear (&world);
}

static void
test_claims (void)
{
  g_test_summary ("survive-19: a peer that claims epoch 4 294 967 295 and has nothing is asked now and then; nothing else comes of it.");
  World world;
  TcEngineLoad load;

  world_init (&world, 3, NULL);
  engine_net_start (world.net, 0);
  for (guint i = 0; i < 20; i++)
    {
      say_status (&world, 1, G_MAXUINT32);
      say_status (&world, 2, world.links->len + 1);
      for (guint k = 0; k < 1000; k++)
        {
          answer (&world);
          engine_net_run (world.net, 1);
        }
    }
  g_assert_cmpuint (engine_net_height (world.net, 0), ==, world.commits->len);
  check_proven (&world, 3);
  g_assert_cmpuint (world.n_asked[1], <, 10);
  tc_engine_get_load (get_engine (&world), &load);
  g_assert_cmpuint (load.links_pending, ==, 0);
  world_clear (&world);
}

/* --- C8 --- */

static void
check_halt (World *self, const TcLink *one, const TcLink *other)
{
  const EngineNode *node = &self->net->nodes[0];
  g_autofree char *one_hex = tc_hash_to_hex (&one->hash), *other_hex = tc_hash_to_hex (&other->hash);
  g_auto(TcHaltRecord) record = { 0 };

  g_assert_nonnull (node->halt);
  g_assert_nonnull (strstr (node->halt, one_hex));
  g_assert_nonnull (strstr (node->halt, other_hex));
  g_assert_cmpuint (node->records->len, ==, 1);
  g_assert_true (tc_halt_record_decode (g_array_index (node->records, TcRecord, 0).data, &record));
  for (guint i = 0; i < 2; i++)
    g_assert_true (tc_commit_check (record.commits[i], &self->net->chain->genesis->chain_id, record.committee, &TC_VERIFIER_INLINE));
}

static void
test_fork (void)
{
  g_test_summary ("C8: a peer whose links leave ours is asked for earlier ones; the first that differs, and is signed, is the proof.");
  for (guint32 fork = 1; fork <= 6; fork++)
    {
      World world;
      GPtrArray *branch;

      world_init (&world, 6, NULL);
      world.no_blocks = TRUE;
      branch = make_branch (&world, fork, 8);
      engine_net_start (world.net, 0);
      answer_for (&world, 300);
      check_proven (&world, 6);
      world.shown[2] = branch;
      answer_for (&world, 3000);
      check_halt (&world, real_link (&world, fork), g_ptr_array_index (branch, fork - 1));
      world_clear (&world);
    }
}

static void
test_fork_forged (void)
{
  g_test_summary ("C8: where no quorum signed the first link that differs, its sender is punished, and nothing else happens.");
  World world;
  g_autoptr(TcCommittee) committee = NULL, next = NULL;

  world_init (&world, 6, NULL);
  world.no_blocks = TRUE;
  engine_net_start (world.net, 0);
  answer_for (&world, 300);
  world.shown[2] = make_branch (&world, 3, 8);
  committee = real_committee (&world, 3);
  next = false_committee (&world, 4);
  tc_link_unref (world.shown[2]->pdata[2]);
  world.shown[2]->pdata[2] = make_link (&world, committee, 2, next, real_link (&world, 3)->header.height, real_link (&world, 3)->header.time_ms);
  answer_for (&world, 3000);
  g_assert_null (world.net->nodes[0].halt);
  g_assert_cmpuint (world.net->nodes[0].punished[2], >=, 100);
  check_proven (&world, 6);
  world_clear (&world);
}

static void
test_fork_old (void)
{
  g_test_summary ("C8: two links older than the unbonding time prove nothing: keys of long ago stop no node.");
  World world;
  TcParams params = ENGINE_NET_PARAMS;

  params.unbonding_epochs = 2;
  world_init (&world, 6, &params);
  world.no_blocks = TRUE;
  engine_net_start (world.net, 0);
  answer_for (&world, 300);
  world.shown[2] = make_branch (&world, 1, 8);
  answer_for (&world, 3000);
  g_assert_null (world.net->nodes[0].halt);
  check_proven (&world, 6);
  world_clear (&world);
}

static void
test_block_differs (void)
{
  g_test_summary ("C8: an epoch's last block that is not the proven link's, both signed by a quorum, halts the node with both.");
  World world;
  GPtrArray *branch;

  world_init (&world, 3, NULL);
  world.no_blocks = TRUE;
  branch = make_branch (&world, 1, 4);
  for (guint place = FIRST; place <= PEERS; place++)
    world.shown[place] = g_ptr_array_ref (branch);
  engine_net_start (world.net, 0);
  answer_for (&world, 300);
  g_assert_cmpuint (tc_engine_get_link_epoch (get_engine (&world)), ==, 5);
  world.no_blocks = FALSE;
  answer_for (&world, 6000);
  check_halt (&world, real_link (&world, 1), g_ptr_array_index (branch, 0));
  g_ptr_array_unref (branch);
  world_clear (&world);
}

/* --- S4 --- */

static const TcParams *
away_params (void)
{
  static TcParams params;

  params = ENGINE_NET_PARAMS;
  params.block_interval_ms = 10000;
  params.epoch_length_ms = 30000;
  params.trust_epochs = params.unbonding_epochs = 3;
  return &params;
}

static void
check_asks (const World *self, gboolean asks)
{
  TcEngineInfo info;

  tc_engine_get_info (get_engine (self), &info);
  g_assert_cmpint (info.needs_trust, ==, asks);
  g_assert_cmpint (self->net->nodes[0].asks, ==, asks);
}

static TcCheckpoint
block_of (const TcLink *link)
{
  return (TcCheckpoint) { link->header.height, link->hash };
}

static void
test_question (void)
{
  g_test_summary ("S4: a node that was away too long applies nothing and follows nothing, and says what its peers offer; answered, it goes on.");
  World world;
  const TcLink *newest;

  world_init (&world, EPOCHS, away_params ());
  newest = real_link (&world, EPOCHS);
  engine_net_start (world.net, 0);
  answer_for (&world, 5000);
  check_asks (&world, TRUE);
  g_assert_cmpuint (world.net->nodes[0].offered.height, ==, newest->header.height);
  g_assert_true (tc_hash_equal (&world.net->nodes[0].offered.hash, &newest->hash));
  g_assert_cmpuint (world.net->nodes[0].offered_time_ms, ==, newest->header.time_ms);
  g_assert_cmpuint (world.n_blocks_asked, ==, 0);
  check_proven (&world, 0);
  g_assert_true (tc_engine_trust_block (get_engine (&world), newest->header.height, &newest->hash));
  answer_for (&world, 4000);
  check_asks (&world, FALSE);
  check_proven (&world, EPOCHS);
  g_assert_cmpuint (engine_net_height (world.net, 0), ==, world.commits->len);
  for (guint place = FIRST; place <= PEERS; place++)
    g_assert_cmpuint (world.net->nodes[0].punished[place], ==, 0);
  world_clear (&world);
}

static void
test_members_begin (void)
{
  g_test_summary ("S4: where genesis is long past its members begin; who is none applies nothing of theirs before it is answered.");
  TcParams params = ENGINE_NET_PARAMS;
  g_autoptr(EngineNet) net = NULL;

  params.trust_epochs = 3;
  net = engine_net_new (4, 4, &params);
  net->wall_ms += G_GINT64_CONSTANT (10) * 24 * 3600 * 1000;
  net->nodes[3].no_key = TRUE;
  engine_net_start_all (net, 4);
  engine_net_run (net, 20000);
  for (guint i = 0; i < 3; i++)
    {
      g_assert_cmpuint (engine_net_height (net, i), >, 4);
      g_assert_false (net->nodes[i].asks);
    }
  g_assert_cmpuint (engine_net_height (net, 3), ==, 0);
  g_assert_true (net->nodes[3].asks);
  g_assert_cmpuint (net->nodes[3].offered.height, >, 0);
  g_assert_true (tc_engine_trust_block (net->nodes[3].engine, net->nodes[3].offered.height, &net->nodes[3].offered.hash));
  engine_net_run (net, 4000);
  g_assert_false (net->nodes[3].asks);
  g_assert_cmpuint (engine_net_height (net, 3) + 1, >=, engine_net_height (net, 0));
}

static void
test_one_epoch (void)
{
  g_test_summary ("S4: at an old genesis, a node that is one epoch behind follows a block that its user names, though those ahead of it wait for it.");
  TcParams params = ENGINE_NET_PARAMS;
  g_autoptr(EngineNet) net = NULL;
  const TcLink *link;

  params.trust_epochs = 20;
  net = engine_net_new (4, 4, &params);
  net->wall_ms += G_GINT64_CONSTANT (10) * 24 * 3600 * 1000;
  net->nodes[3].no_key = TRUE;
  engine_net_start_all (net, 4);
  for (guint i = 0; i < 20000 && net->nodes[0].links->len == 0; i += 10)
    engine_net_run (net, 10);
  engine_net_kill (net, 2);
  engine_net_run (net, 2000);
  g_assert_true (net->nodes[3].asks);
  g_assert_cmpuint (engine_net_height (net, 3), ==, 0);
  g_assert_cmpuint (engine_net_committee (net, 0)->epoch, ==, 2);
  link = g_ptr_array_index (net->nodes[0].links, 0);
  g_assert_true (tc_engine_trust_block (net->nodes[3].engine, link->header.height, &link->hash));
  engine_net_run (net, 5000);
  g_assert_cmpuint (engine_net_height (net, 3), ==, engine_net_height (net, 0));
  g_assert_false (net->nodes[3].asks);
}

static void
test_not_away (void)
{
  g_test_summary ("S4: a node whose newest block is recent is asked nothing.");
  World world;
  TcParams params = ENGINE_NET_PARAMS;

  params.trust_epochs = 20;
  world_init (&world, EPOCHS, &params);
  engine_net_start (world.net, 0);
  answer_for (&world, 4000);
  check_asks (&world, FALSE);
  g_assert_cmpuint (engine_net_height (world.net, 0), ==, world.commits->len);
  world_clear (&world);
}

static void
test_checkpoint (void)
{
  g_test_summary ("S4: with a recent checkpoint in the network file nobody is asked.");
  World world;
  TcCheckpoint blocks[2];

  world_init (&world, EPOCHS, away_params ());
  blocks[0] = block_of (real_link (&world, 3));
  blocks[1] = block_of (real_link (&world, EPOCHS - 1));
  world.net->nodes[0].trusted = blocks;
  world.net->nodes[0].n_trusted = 2;
  engine_net_start (world.net, 0);
  answer_for (&world, 4000);
  check_asks (&world, FALSE);
  g_assert_cmpuint (engine_net_height (world.net, 0), ==, world.commits->len);
  world_clear (&world);
}

static void
test_old_checkpoint (void)
{
  g_test_summary ("S4: an old checkpoint leads as far as it stands, and no further.");
  World world;
  TcCheckpoint block;
  TcHash hash, root;

  world_init (&world, EPOCHS, away_params ());
  block = block_of (real_link (&world, 4));
  world.net->nodes[0].trusted = &block;
  world.net->nodes[0].n_trusted = 1;
  engine_net_start (world.net, 0);
  answer_for (&world, 5000);
  check_asks (&world, TRUE);
  g_assert_cmpuint (tc_engine_get_proven (get_engine (&world), NULL), ==, block.height);
  g_assert_true (tc_engine_find_link (get_engine (&world), block.height, &hash, &root));
  g_assert_cmpuint (world.n_blocks_asked, ==, 0);
  world_clear (&world);
}

static void
test_contradicted (void)
{
  g_test_summary ("S4: a chain with another block than the trusted one is refused and forgotten, who shows it is left, and the user is told; where others show the right one, the node goes on.");
  World world;
  TcCheckpoint block;
  g_autoptr(GPtrArray) branch = NULL;

  world_init (&world, EPOCHS, away_params ());
  block = block_of (real_link (&world, EPOCHS - 1));
  branch = make_branch (&world, 2, EPOCHS);
  world.net->nodes[0].trusted = &block;
  world.net->nodes[0].n_trusted = 1;
  world.shown[1] = g_ptr_array_ref (branch);
  world.shown[2] = g_ptr_array_ref (branch);
  world.absent[3] = TRUE;
  engine_net_start (world.net, 0);
  answer_for (&world, 200);
  g_assert_nonnull (world.net->nodes[0].warning);
  g_assert_cmpuint (world.net->nodes[0].punished[1] + world.net->nodes[0].punished[2], >=, 20);
  check_proven (&world, 0);
  g_assert_null (tc_engine_committee_of (get_engine (&world), 2));
  world.absent[3] = FALSE;
  answer_for (&world, 30000);
  g_assert_cmpuint (world.net->nodes[0].punished[3], ==, 0);
  check_proven (&world, EPOCHS);
  g_assert_null (world.net->nodes[0].halt);
  g_assert_cmpuint (engine_net_height (world.net, 0), ==, world.commits->len);
  world_clear (&world);
}

static void
test_mistaken (void)
{
  g_test_summary ("S4: where the user named a wrong block, every chain is refused; the right one mends that, and nobody is banned for it.");
  World world;
  const TcLink *newest;
  const TcHash wrong = { { 9 } };

  world_init (&world, EPOCHS, away_params ());
  newest = real_link (&world, EPOCHS);
  engine_net_start (world.net, 0);
  answer_for (&world, 100);
  g_assert_true (tc_engine_trust_block (get_engine (&world), newest->header.height, &wrong));
  answer_for (&world, 3000);
  g_assert_nonnull (world.net->nodes[0].warning);
  check_proven (&world, 0);
  g_assert_true (tc_engine_trust_block (get_engine (&world), newest->header.height, &newest->hash));
  answer_for (&world, 3000);
  check_asks (&world, FALSE);
  g_assert_cmpuint (engine_net_height (world.net, 0), ==, world.commits->len);
  for (guint place = FIRST; place <= PEERS; place++)
    g_assert_cmpuint (world.net->nodes[0].punished[place], <, 100);
  world_clear (&world);
}

static void
test_never_had (void)
{
  g_test_summary ("S4: where the user named a height that the network does not have, he is asked again.");
  World world;
  const TcLink *newest;

  world_init (&world, EPOCHS, away_params ());
  newest = real_link (&world, EPOCHS);
  engine_net_start (world.net, 0);
  answer_for (&world, 100);
  g_assert_true (tc_engine_trust_block (get_engine (&world), newest->header.height + 1000, &newest->hash));
  answer_for (&world, 3000);
  check_asks (&world, TRUE);
  g_assert_cmpuint (world.net->nodes[0].offered.height, ==, newest->header.height);
  g_assert_cmpuint (world.n_blocks_asked, ==, 0);
  g_assert_true (tc_engine_trust_block (get_engine (&world), newest->header.height, &newest->hash));
  answer_for (&world, 3000);
  check_asks (&world, FALSE);
  g_assert_cmpuint (engine_net_height (world.net, 0), ==, world.commits->len);
  world_clear (&world);
}

static void
test_misled (void)
{
  g_test_summary ("S4: links that lead nowhere are left for those of others, who are not blamed for not fitting them.");
  World world;
  TcCheckpoint block;

  world_init (&world, EPOCHS, away_params ());
  block = block_of (real_link (&world, EPOCHS));
  world.net->nodes[0].trusted = &block;
  world.net->nodes[0].n_trusted = 1;
  world.shown[1] = make_branch (&world, 1, 3);
  engine_net_start (world.net, 0);
  say_status (&world, 1, 4);
  for (guint i = 0; i < 100; i++)
    {
      answer (&world);
      engine_net_run (world.net, 1);
    }
  g_assert_cmpuint (tc_engine_get_link_epoch (get_engine (&world)), ==, 4);
  answer_for (&world, 60000);
  check_asks (&world, FALSE);
  check_proven (&world, EPOCHS);
  g_assert_cmpuint (world.net->nodes[0].punished[2] + world.net->nodes[0].punished[3], ==, 0);
  g_assert_null (world.net->nodes[0].halt);
  world_clear (&world);
}

static void
test_not_last (void)
{
  g_test_summary ("S4: a trusted block that is no epoch's last does not tell the node to go on; the user's next answer takes its place.");
  World world;
  const TcBlock *middle;

  world_init (&world, EPOCHS, away_params ());
  middle = g_ptr_array_index (world.net->chain->blocks, real_link (&world, EPOCHS)->header.height - 2);
  engine_net_start (world.net, 0);
  answer_for (&world, 100);
  g_assert_true (tc_engine_trust_block (get_engine (&world), middle->header.height, &middle->hash));
  answer_for (&world, 3000);
  check_asks (&world, TRUE);
  g_assert_cmpuint (world.n_blocks_asked, ==, 0);
  g_assert_true (tc_engine_trust_block (get_engine (&world), real_link (&world, EPOCHS)->header.height, &real_link (&world, EPOCHS)->hash));
  answer_for (&world, 4000);
  check_asks (&world, FALSE);
  g_assert_cmpuint (engine_net_height (world.net, 0), ==, world.commits->len);
  world_clear (&world);
}

static void
test_wrong_answer (void)
{
  g_test_summary ("S4: an answer against what is proven is refused; one against a checkpoint, too.");
  World world;
  TcCheckpoint block;
  const TcHash other = { { 9 } };

  world_init (&world, EPOCHS, away_params ());
  world.no_blocks = TRUE;
  block = block_of (real_link (&world, EPOCHS));
  world.net->nodes[0].trusted = &block;
  world.net->nodes[0].n_trusted = 1;
  engine_net_start (world.net, 0);
  answer_for (&world, 300);
  check_proven (&world, EPOCHS);
  g_assert_false (tc_engine_trust_block (get_engine (&world), block.height, &other));
  g_assert_false (tc_engine_trust_block (get_engine (&world), real_link (&world, 5)->header.height, &other));
  g_assert_true (tc_engine_trust_block (get_engine (&world), block.height + 50, &other));
  world_clear (&world);
}

static void
test_checked_when_it_comes (void)
{
  g_test_summary ("S4: a trusted block within an epoch is compared when it comes: whoever sends another one is left, and it is not applied.");
  World world;
  TcCheckpoint block = { 2, { { 9 } } };

  world_init (&world, 4, NULL);
  world.net->nodes[0].trusted = &block;
  world.net->nodes[0].n_trusted = 1;
  engine_net_start (world.net, 0);
  answer_for (&world, 2000);
  g_assert_cmpuint (engine_net_height (world.net, 0), ==, 1);
  g_assert_nonnull (world.net->nodes[0].warning);
  g_assert_cmpuint (world.net->nodes[0].punished[1] + world.net->nodes[0].punished[2] + world.net->nodes[0].punished[3], >=, 100);
  world_clear (&world);
}

static void
test_offers (void)
{
  g_test_summary ("S4: what is offered is what most peers say.");
  World world;

  world_init (&world, EPOCHS, away_params ());
  world.shown[1] = make_branch (&world, 1, EPOCHS + 3);
  engine_net_start (world.net, 0);
  answer_for (&world, 1000);
  check_asks (&world, TRUE);
  g_assert_cmpuint (world.net->nodes[0].offered.height, ==, real_link (&world, EPOCHS)->header.height);
  world_clear (&world);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  tc_crypto_init ();
  g_test_add_func ("/engine/links/proven", test_proven);
  g_test_add_func ("/engine/links/progress", test_progress);
  g_test_add_func ("/engine/links/then-blocks", test_then_blocks);
  g_test_add_func ("/engine/links/near", test_near);
  g_test_add_func ("/engine/links/survive-27-slow", test_slow);
  g_test_add_func ("/engine/links/survive-24-restart", test_restart);
  g_test_add_func ("/engine/links/served", test_served);
  g_test_add_func ("/engine/links/many", test_many);
  g_test_add_func ("/engine/links/no-committee", test_no_committee);
  g_test_add_func ("/engine/links/no-quorum", test_no_quorum);
  g_test_add_func ("/engine/links/forged-commit", test_forged_commit);
  g_test_add_func ("/engine/links/skipped", test_skipped);
  g_test_add_func ("/engine/links/malformed", test_malformed);
  g_test_add_func ("/engine/links/survive-19-claims", test_claims);
  g_test_add_func ("/engine/links/fork", test_fork);
  g_test_add_func ("/engine/links/fork-forged", test_fork_forged);
  g_test_add_func ("/engine/links/fork-old", test_fork_old);
  g_test_add_func ("/engine/links/block-differs", test_block_differs);
  g_test_add_func ("/engine/trust/question", test_question);
  g_test_add_func ("/engine/trust/members-begin", test_members_begin);
  g_test_add_func ("/engine/trust/one-epoch", test_one_epoch);
  g_test_add_func ("/engine/trust/not-away", test_not_away);
  g_test_add_func ("/engine/trust/checkpoint", test_checkpoint);
  g_test_add_func ("/engine/trust/old-checkpoint", test_old_checkpoint);
  g_test_add_func ("/engine/trust/contradicted", test_contradicted);
  g_test_add_func ("/engine/trust/mistaken", test_mistaken);
  g_test_add_func ("/engine/trust/never-had", test_never_had);
  g_test_add_func ("/engine/trust/misled", test_misled);
  g_test_add_func ("/engine/trust/not-last", test_not_last);
  g_test_add_func ("/engine/trust/wrong-answer", test_wrong_answer);
  g_test_add_func ("/engine/trust/checked-when-it-comes", test_checked_when_it_comes);
  g_test_add_func ("/engine/trust/offers", test_offers);
  return g_test_run ();
}
