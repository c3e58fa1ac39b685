#include <sodium.h>
#include <stdio.h>

#include "chain-fixture.h"
#include "ledger/reward.h"

static void
test_log (void)
{
  g_test_summary ("floor (2^32 ln n) equals a table computed elsewhere at 60 digits.");
  g_autofree char *path = g_build_filename (g_getenv ("TC_TEST_DATA"), "reward-log.txt", NULL);
  g_autofree char *text = NULL;
  g_auto(GStrv) lines = NULL;
  g_autoptr(GError) error = NULL;
  guint n_checked = 0;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      guint n;
      guint64 expected;

      if (sscanf (lines[i], "%u %" G_GUINT64_FORMAT, &n, &expected) != 2)
        continue;
      g_assert_cmpuint (tc_reward_log (n), ==, expected);
      n_checked++;
    }
  g_assert_cmpuint (n_checked, >=, 1000);
}

static char *
read_data (const char *name)
{
  g_autofree char *path = g_build_filename (g_getenv ("TC_TEST_DATA"), name, NULL);
  g_autoptr(GError) error = NULL;
  char *text;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  return text;
}

static void
test_log_digest (void)
{
  g_test_summary ("floor (2^32 ln n) is exact for every n to 10^6: the digest over all equals that of a table computed in whole numbers elsewhere.");
  g_autofree char *text = read_data ("reward-log-digest.txt");
  const char *expected = strchr (text, '\n') + 1;
  crypto_generichash_state state;
  guint8 digest[32];
  char hex[65];

  crypto_generichash_init (&state, NULL, 0, sizeof digest);
  for (guint32 n = 1; n <= 1000000; n++)
    {
      const guint64 value = GUINT64_TO_LE (tc_reward_log (n));

      crypto_generichash_update (&state, (const guint8 *) &value, sizeof value);
    }
  crypto_generichash_final (&state, digest, sizeof digest);
  sodium_bin2hex (hex, sizeof hex, digest, sizeof digest);
  g_assert_true (g_str_has_prefix (expected, hex));
}

static void
test_minted (void)
{
  g_test_summary ("100 (1 + ln n) TIME in ten minutes, in proportion to the time, nothing for nobody.");
  g_assert_cmpuint (tc_reward_minted (1, 600000), ==, 10000000000);
  g_assert_cmpuint (tc_reward_minted (1, 1200000), ==, 20000000000);
  /* 100 (1 + ln 4) = 238.62943611198906… */
  g_assert_cmpuint (tc_reward_minted (4, 600000), ==, 23862943609);
  g_assert_cmpuint (tc_reward_minted (4, 1), ==, 39771);
  g_assert_cmpuint (tc_reward_minted (0, 600000), ==, 0);
}

static TcRegistry *
make_registry (const TcTier *tiers, guint32 n)
{
  g_autoptr(TcChainFixture) chain = tc_chain_fixture_new (n, tiers, 1, NULL);
  TcRegistry *registry = tc_registry_new_genesis (chain->genesis);

  for (guint32 i = 0; i < n; i++)
    tc_registry_edit (registry, i)->active = TRUE;
  return registry;
}

static guint64
accrued (const TcRegistry *registry, guint32 i)
{
  return tc_registry_get (registry, i)->accrued.units;
}

static void
test_shares (void)
{
  g_test_summary ("Shares go by weight, rounded down; what is left over is odd units.");
  const TcTier tiers[] = { TC_TIER_GOLD, TC_TIER_SILVER, TC_TIER_BRONZE };
  g_autoptr(TcRegistry) registry = make_registry (tiers, 3);
  guint64 odd = tc_reward_accrue (registry, registry, 1000);

  /* 1 000 x (100 000, 10 000, 1 000) / 111 000 */
  g_assert_cmpuint (accrued (registry, 0), ==, 900);
  g_assert_cmpuint (accrued (registry, 1), ==, 90);
  g_assert_cmpuint (accrued (registry, 2), ==, 9);
  g_assert_cmpuint (odd, ==, 1);
  tc_registry_edit (registry, 0)->active = FALSE;
  odd = tc_reward_accrue (registry, registry, 1100);
  g_assert_cmpuint (accrued (registry, 0), ==, 900);
  g_assert_cmpuint (accrued (registry, 1), ==, 1090);
  g_assert_cmpuint (accrued (registry, 2), ==, 109);
  g_assert_cmpuint (odd, ==, 0);
  g_assert_cmpuint (tc_reward_count (registry), ==, 2);
}

static void
test_free_pool (void)
{
  g_test_summary ("Free masternodes share by weight, but no more than 8 % of the pot.");
  const TcTier few[] = { TC_TIER_GOLD, TC_TIER_FREE };
  TcTier many[21];
  g_autoptr(TcRegistry) registry = make_registry (few, 2);

  /* 100 100 of weight, 100 of it Free */
  g_assert_cmpuint (tc_reward_accrue (registry, registry, 1001000), ==, 0);
  g_assert_cmpuint (accrued (registry, 0), ==, 1000000);
  g_assert_cmpuint (accrued (registry, 1), ==, 1000);
  g_assert_cmpuint (tc_reward_count (registry), ==, 1);

  for (guint i = 0; i < 21; i++)
    many[i] = i == 0 ? TC_TIER_BRONZE : TC_TIER_FREE;
  g_autoptr(TcRegistry) crowd = make_registry (many, 21);
  g_assert_cmpuint (tc_reward_accrue (crowd, crowd, 100000), ==, 0);
  g_assert_cmpuint (accrued (crowd, 0), ==, 92000);
  g_assert_cmpuint (accrued (crowd, 20), ==, 400);
}

static void
test_pay (void)
{
  g_test_summary ("At the end of e are paid those with index mod 144 = e mod 144, whole, from 546 units up, in index order.");
  g_autoptr(TcRegistry) registry = make_registry (NULL, 6);

  for (guint32 i = 0; i < 6; i++)
    tc_registry_edit (registry, i)->accrued.units = i == 3 ? 545 : 546 + i;
  g_autoptr(TcTx) odd_ones = tc_reward_pay (registry, 3, 99, 2);
  g_assert_cmpuint (odd_ones->kind, ==, TC_TX_KIND_REWARD);
  g_assert_cmpuint (odd_ones->valid_from_height, ==, 99);
  g_assert_cmpuint (odd_ones->n_outputs, ==, 2);
  g_assert_cmpuint (odd_ones->outputs[0].amount.units, ==, 547);
  g_assert_cmpuint (odd_ones->outputs[1].amount.units, ==, 551);
  g_assert_true (tc_key_hash_equal (&odd_ones->outputs[1].key_hash, &tc_registry_get (registry, 5)->payout));
  g_assert_cmpuint (accrued (registry, 1), ==, 0);
  g_assert_cmpuint (accrued (registry, 3), ==, 545);
  g_assert_cmpuint (accrued (registry, 2), ==, 548);
  g_assert_cmpuint (tc_reward_n_max (registry, 3, 2), ==, 3);
  g_assert_null (tc_reward_pay (registry, 3, 99, 2));
}

/* The next word of @words, which @name names where it is not a number. */
static guint64
next_number (char ***words, const char *name)
{
  if (name != NULL)
    g_assert_cmpstr (*(*words)++, ==, name);
  g_assert_nonnull (**words);
  return g_ascii_strtoull (*(*words)++, NULL, 10);
}

static TcRegistry *
read_case (char ***words, guint32 n)
{
  TcRegistry *registry = make_registry (NULL, n);

  for (guint32 i = 0; i < n; i++)
    {
      TcMasternode *item = tc_registry_edit (registry, i);

      item->tier = (guint8) next_number (words, NULL);
      item->active = next_number (words, NULL) != 0;
      g_snprintf (item->host, sizeof item->host, "10.0.%u.%u:24000", (guint) next_number (words, NULL), i + 1);
      item->accrued.units = next_number (words, NULL);
    }
  return registry;
}

static void
check_paid (TcRegistry *registry, const TcTx *reward, char **words)
{
  guint32 n_paid = 0;

  for (guint32 i = 0; i < tc_registry_get_n (registry); i++)
    {
      const guint64 amount = i == 0 ? next_number (&words, "paid") : next_number (&words, NULL);

      if (amount == 0)
        continue;
      g_assert_cmpuint (accrued (registry, i), ==, 0);
      g_assert_cmpuint (reward->outputs[n_paid].amount.units, ==, amount);
      g_assert_true (tc_key_hash_equal (&reward->outputs[n_paid++].key_hash, &tc_registry_get (registry, i)->payout));
    }
  g_assert_cmpuint (n_paid, ==, reward != NULL ? reward->n_outputs : 0);
}

static void
test_against_model (void)
{
  g_test_summary ("Shares, Free cap, one Free a network, accrual, odd units and payments equal those of a model in whole numbers without a size.");
  g_autofree char *text = read_data ("reward-shares.txt");
  g_auto(GStrv) lines = g_strsplit (text, "\n", -1);
  guint n_cases = 0;

  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_auto(GStrv) split = g_strsplit (lines[i], " ", -1);
      char **words = split;

      if (!g_str_has_prefix (lines[i], "case "))
        continue;
      const guint64 pot = next_number (&words, "case");
      const guint32 epoch = (guint32) next_number (&words, NULL), n = (guint32) next_number (&words, NULL);
      g_autoptr(TcRegistry) registry = read_case (&words, n);
      g_assert_cmpuint (tc_reward_accrue (registry, registry, pot), ==, next_number (&words, "odd"));
      for (guint32 j = 0; j < n; j++)
        g_assert_cmpuint (accrued (registry, j), ==, next_number (&words, NULL));
      g_autoptr(TcTx) reward = tc_reward_pay (registry, epoch, 9, 7);
      check_paid (registry, reward, words);
      n_cases++;
    }
  g_assert_cmpuint (n_cases, ==, 400);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  tc_crypto_init ();
  g_test_add_func ("/ledger/reward/log", test_log);
  g_test_add_func ("/ledger/reward/log-digest", test_log_digest);
  g_test_add_func ("/ledger/reward/minted", test_minted);
  g_test_add_func ("/ledger/reward/shares", test_shares);
  g_test_add_func ("/ledger/reward/free-pool", test_free_pool);
  g_test_add_func ("/ledger/reward/pay", test_pay);
  g_test_add_func ("/ledger/reward/against-model", test_against_model);
  return g_test_run ();
}
