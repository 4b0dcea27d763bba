/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A bot in Vala, with its test. */
int main (string[] args) {
  Test.init (ref args);
  Test.add_func ("/testing/vala", () => {
    try {
      var server = new HeadstockTest.Server ();
      var client = new Headstock.Client ("bot@example.org", "secret");

      client.message.connect ((message) => {
        try {
          client.send_stanza (new Headstock.Message.chat ("juliet@example.org", message.body));
        } catch (Error error) {
          assert_not_reached ();
        }
      });
      assert_true (server.start (client));
      assert_true (server.feed ("<message from='juliet@example.org'><body>hi</body></message>"));
      assert_cmpstr (((Headstock.Message) server.take_sent ()).body, CompareOperator.EQ, "hi");
      server.refuse (HeadstockTest.Refusal.RESUMPTION, 1);
      server.cut ();
      assert_true (server.resume ());
      server.stop ();
    } catch (Error error) {
      assert_not_reached ();
    }
  });
  return Test.run ();
}
