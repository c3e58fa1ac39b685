#include "chain-fixture.h"
#include "fixture.h"

#define EPOCHS 6u

/* A real chain of some epochs, and its links. */
typedef struct
{
  TcChainFixture *chain;
  GPtrArray      *commits;     /* TcCommit, from height 1 */
  GPtrArray      *committees;  /* TcCommittee, from epoch 1 */
  GPtrArray      *links;       /* TcLink, from epoch 1 */
} Chain;

static void
chain_grow (Chain *self)
{
  const TcBlock *block = tc_chain_fixture_extend (self->chain, NULL, 0);
  TcCommittee *next = tc_ledger_get_committee (self->chain->ledger);

  g_ptr_array_add (self->commits, tc_commit_ref (self->chain->commit));
  if (!tc_ledger_get_tip (self->chain->ledger)->is_last)
    return;
  g_ptr_array_add (self->committees, tc_committee_ref (next));
  g_ptr_array_add (self->links, tc_link_new (&block->header, self->chain->commit, next));
  g_assert_nonnull (g_ptr_array_index (self->links, self->links->len - 1));
}

static void
chain_init (Chain *self)
{
  self->chain = tc_chain_fixture_new (4, NULL, 0, NULL);
  self->commits = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_commit_unref);
  self->committees = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_committee_unref);
  self->links = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_link_unref);
  g_ptr_array_add (self->committees, tc_committee_ref (tc_ledger_get_committee (self->chain->ledger)));
  while (self->links->len < EPOCHS)
    chain_grow (self);
  chain_grow (self);
}

static void
chain_clear (Chain *self)
{
  tc_chain_fixture_free (self->chain);
  g_ptr_array_unref (self->commits);
  g_ptr_array_unref (self->committees);
  g_ptr_array_unref (self->links);
}

static const TcLink *
get_link (const Chain *self, guint32 epoch)
{
  return g_ptr_array_index (self->links, epoch - 1);
}

/* Writes block @height as a driver does; without links where @bare, as one did that knew none. */
static void
write_block_of (TcStore *store, const Chain *chain, guint32 height, gboolean bare)
{
  TcBlock *block = g_ptr_array_index (chain->chain->blocks, height - 1);
  const guint32 epoch = block->header.epoch;
  const gboolean is_first = height == 1 || ((TcBlock *) g_ptr_array_index (chain->chain->blocks, height - 2))->header.epoch != epoch;
  const TcStoreBlock item = { .block = block, .commit = g_ptr_array_index (chain->commits, height - 1),
                              .committee = is_first ? g_ptr_array_index (chain->committees, epoch - 1) : NULL,
                              .link = !bare && get_link (chain, MIN (epoch, EPOCHS))->header.height == height ? (TcLink *) get_link (chain, epoch) : NULL };
  g_autoptr(GError) error = NULL;

  tc_store_write (store, &item, 1, NULL, FALSE, &error);
  g_assert_no_error (error);
}

static void
write_links (TcStore *store, const Chain *chain, guint32 from, guint32 until)
{
  g_autoptr(GError) error = NULL;

  tc_store_write_links (store, from, (TcLink *const *) (gpointer) (chain->links->pdata + from - 1), until + 1 - from, &error);
  g_assert_no_error (error);
}

/* That links @from to @until, and no others after them, are read from there. */
static void
check_links (TcStore *store, const Chain *chain, guint32 from, guint32 until)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) links = tc_store_read_links (store, from, 100, G_MAXSIZE, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (links->len, ==, until + 1 - from);
  for (guint32 i = 0; i < links->len; i++)
    {
      g_autoptr(GBytes) expected = tc_link_encode (get_link (chain, from + i));

      g_assert_true (g_bytes_equal (g_ptr_array_index (links, i), expected));
    }
}

static void
test_with_blocks (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("C6: each epoch's link is written with its last block, and is there after opening again.");
  TcStore *store = fixture_open (fixture);
  Chain chain;

  chain_init (&chain);
  for (guint32 height = 1; height < get_link (&chain, 3)->header.height; height++)
    write_block_of (store, &chain, height, FALSE);
  check_links (store, &chain, 1, 2);
  write_block_of (store, &chain, get_link (&chain, 3)->header.height, FALSE);
  check_links (store, &chain, 1, 3);
  tc_store_close (store);
  store = fixture_open (fixture);
  check_links (store, &chain, 1, 3);
  check_links (store, &chain, 3, 3);
  check_links (store, &chain, 4, 3);
  tc_store_close (store);
  chain_clear (&chain);
}

static void
test_pages (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("survive-03: links are read in pages, by number and by size, and never across a gap.");
  TcStore *store = fixture_open (fixture);
  g_autoptr(GPtrArray) two = NULL, sized = NULL, tight = NULL;
  gsize size = 0;
  Chain chain;

  chain_init (&chain);
  write_links (store, &chain, 1, 2);
  write_links (store, &chain, 4, 6);
  check_links (store, &chain, 1, 2);
  check_links (store, &chain, 3, 2);
  check_links (store, &chain, 4, 6);
  two = tc_store_read_links (store, 4, 2, G_MAXSIZE, NULL);
  g_assert_cmpuint (two->len, ==, 2);
  for (guint i = 0; i < 2; i++)
    size += g_bytes_get_size (g_ptr_array_index (two, i));
  sized = tc_store_read_links (store, 4, 100, size, NULL);
  g_assert_cmpuint (sized->len, ==, 2);
  tight = tc_store_read_links (store, 4, 100, size - 1, NULL);
  g_assert_cmpuint (tight->len, ==, 1);
  tc_store_close (store);
  chain_clear (&chain);
}

static void
test_replaced (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("Links that are written take the place of all from their first epoch on; none at all deletes them.");
  TcStore *store = fixture_open (fixture);
  g_autoptr(GError) error = NULL;
  Chain chain;

  chain_init (&chain);
  write_links (store, &chain, 1, 6);
  write_links (store, &chain, 3, 4);
  check_links (store, &chain, 1, 4);
  g_assert_true (tc_store_write_links (store, 2, NULL, 0, &error));
  g_assert_no_error (error);
  check_links (store, &chain, 1, 1);
  tc_store_close (store);
  chain_clear (&chain);
}

static void
test_ahead (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("Links may be there long before their blocks, which then write the same again.");
  TcStore *store = fixture_open (fixture);
  Chain chain;

  chain_init (&chain);
  write_links (store, &chain, 1, 6);
  for (guint32 height = 1; height <= get_link (&chain, 2)->header.height; height++)
    write_block_of (store, &chain, height, FALSE);
  check_links (store, &chain, 1, 6);
  tc_store_close (store);
  chain_clear (&chain);
}

static void
test_older_store (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("A store from before there were links makes them of the committees that it keeps, once it is opened.");
  TcStore *store = fixture_open (fixture);
  Chain chain;

  chain_init (&chain);
  for (guint32 height = 1; height <= chain.commits->len; height++)
    write_block_of (store, &chain, height, TRUE);
  check_links (store, &chain, 1, 0);
  tc_store_close (store);
  store = fixture_open (fixture);
  check_links (store, &chain, 1, EPOCHS);
  tc_store_close (store);
  chain_clear (&chain);
}

static void
test_older_store_cut (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("Where it keeps later committees and blocks only, it serves links from there on.");
  TcStore *store = fixture_open (fixture);
  Chain chain;

  chain_init (&chain);
  for (guint32 height = get_link (&chain, 2)->header.height; height <= chain.commits->len; height++)
    write_block_of (store, &chain, height, TRUE);
  tc_store_close (store);
  store = fixture_open (fixture);
  check_links (store, &chain, 1, 0);
  check_links (store, &chain, 2, EPOCHS);
  tc_store_close (store);
  chain_clear (&chain);
}

#define TEST(name, func) g_test_add ("/store/links/" name, Fixture, NULL, fixture_set_up, func, fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  TEST ("with-blocks", test_with_blocks);
  TEST ("survive-03-pages", test_pages);
  TEST ("replaced", test_replaced);
  TEST ("ahead", test_ahead);
  TEST ("older-store", test_older_store);
  TEST ("older-store-cut", test_older_store_cut);
  return g_test_run ();
}
