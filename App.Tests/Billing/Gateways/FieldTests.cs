using System.Security.Cryptography;
using Gatehouse.Billing.Gateways;
using Gatehouse.Messaging.Formats;
using Gatehouse.Platform.Localization;
using Gatehouse.Tests.Support;
using static Gatehouse.Tests.Billing.Gateways.Payments;

namespace Gatehouse.Tests.Billing.Gateways;

/// <summary>What is typed in for a channel.</summary>
public sealed class FieldTests
{
    /// <summary>As a channel keeps it, or the key of what is wrong.</summary>
    private static string Kept(string kind, string field, string typed)
    {
        var found = GatewayKinds.Find(kind)!.Field(field)!;
        var value = found.Normal?.Invoke(typed) ?? typed;
        return value.Length > found.MaxLength ? "long" : found.Fault?.Invoke(value) ?? value;
    }

    [Theory]
    [InlineData("epay_v1", "https://pay.example.com", "https://pay.example.com")]
    [InlineData("epay_v1", "https://pay.example.com/", "https://pay.example.com")]
    [InlineData("epay_v1", "https://pay.example.com//", "https://pay.example.com")]
    [InlineData("epay_v1", "https://pay.example.com/submit.php", "https://pay.example.com")]
    [InlineData("epay_v1", "https://pay.example.com/submit.php/", "https://pay.example.com")]
    [InlineData("epay_v1", "https://pay.example.com/epay/mapi.php", "https://pay.example.com/epay")]
    [InlineData("epay_v1", "https://pay.example.com/api.php?act=order&pid=1", "https://pay.example.com")]
    [InlineData("epay_v1", "https://pay.example.com/SUBMIT.PHP", "https://pay.example.com")]
    [InlineData("epay_v1", "pay.example.com/submit.php", "https://pay.example.com")]
    [InlineData("epay_v1", "http://pay.example.com:8080/#top", "http://pay.example.com:8080")]
    [InlineData("epay_v1", "https://submit.php.example.com", "https://submit.php.example.com")]
    [InlineData("epay_v2", "https://pay.example.com/api/pay/submit", "https://pay.example.com")]
    [InlineData("epay_v2", "https://pay.example.com/api/pay/", "https://pay.example.com")]
    [InlineData("epay_v2", "https://pay.example.com/api/merchant/info", "https://pay.example.com")]
    [InlineData("bepusdt", "https://usdt.example.com/api/v1/order/create-transaction", "https://usdt.example.com")]
    [InlineData("epusdt", "https://usdt.example.com/api/v1", "https://usdt.example.com")]
    [InlineData("tokenpay", "https://t.example.com/CreateOrder", "https://t.example.com")]
    [InlineData("alipay", "https://openapi-sandbox.dl.alipaydev.com/gateway.do", "https://openapi-sandbox.dl.alipaydev.com")]
    [InlineData("stripe", "https://api.stripe.com/v1/checkout/sessions", "https://api.stripe.com")]
    [InlineData("epay_v1", "javascript:alert(1)", "channels.wrong.url")]
    [InlineData("epay_v1", "ftp://pay.example.com", "channels.wrong.url")]
    [InlineData("epay_v1", "https://u:p@pay.example.com", "channels.wrong.url")]
    [InlineData("epay_v1", "https://", "channels.wrong.url")]
    public void Addresses_are_taken_as_people_paste_them(string kind, string typed, string kept) => Assert.Equal(kept, Kept(kind, "url", typed));

    [Theory]
    [InlineData("epay_v1", "key", "a key", "payments.wrong.secret")]
    [InlineData("epay_v1", "key", "密钥", "payments.wrong.secret")]
    [InlineData("epay_v1", "key", "k:+/=!", "k:+/=!")]
    [InlineData("epusdt", "token", "a\tb", "payments.wrong.secret")]
    [InlineData("stripe", "secret_key", "pk_live_1", "payments.wrong.stripe_key")]
    [InlineData("stripe", "secret_key", "sk_live_1", "sk_live_1")]
    [InlineData("stripe", "secret_key", "rk_test_1", "rk_test_1")]
    [InlineData("stripe", "webhook_secret", "whsec_+/=", "whsec_+/=")]
    [InlineData("epay_v1", "pid", "10 01", "channels.wrong.key")]
    [InlineData("epay_v1", "type", "ali&pay", "channels.wrong.key")]
    [InlineData("alipay", "app_id", "20x", "channels.wrong.number")]
    public void Values_are_of_their_kind(string kind, string field, string typed, string kept) => Assert.Equal(kept, Kept(kind, field, typed));

    [Fact]
    public void What_signs_is_sealed_and_must_be_there()
    {
        foreach (var kind in GatewayKinds.All)
        {
            var secrets = kind.Fields.Where(f => f.Name is "key" or "private_key" or "secret_key" or "webhook_secret" or "old_webhook_secret" or "token").ToList();
            Assert.All(secrets, f => Assert.True(f.Secret, f.Name));
            Assert.All(secrets.Where(f => f.Name != "old_webhook_secret"), f => Assert.False(f.Optional, f.Name));
            Assert.Equal(kind.Route is not null, secrets.Count > 0);
            // One after another is missed, and none when all are there.
            var values = kind.Fields.ToDictionary(f => f.Name, _ => "x");
            Assert.Null(kind.Lacks(values));
            foreach (var field in kind.Fields.Where(f => !f.Optional))
                Assert.Equal(field, kind.Lacks(new Dictionary<string, string>(values) { [field.Name] = "" }));
        }
    }

    [Fact]
    public void Every_kind_and_all_it_shows_has_its_words()
    {
        Assert.Equal(["epay_v1", "epay_v2", "stripe", "alipay", "bepusdt", "epusdt", "tokenpay", "offline", "balance"], GatewayKinds.All.Select(k => k.Name));
        foreach (var text in Localizer.All)
            foreach (var kind in GatewayKinds.All)
            {
                Assert.All(kind.Fields.Select(GatewayKind.Label).Concat(kind.Fields.SelectMany(f => f.Choices).Select(GatewayKind.ChoiceLabel)).Append(kind.Title).Append(kind.Help), key => Assert.True(text.Has(key), key));
                if (kind.Read is { } read)
                    Assert.All(read(GatewayCallback.Get(new Dictionary<string, string>(), "", Now)).Checks.Select(c => c.Name), check => Assert.True(text.Has(GatewayKind.CheckLabel(check)), check));
            }
        // What a test of one check alone has seen.
        Assert.All("secret form algorithm signature time merchant numbers order status amount".Split(' '), check => Assert.True(Localizer.For("en").Has(GatewayKind.CheckLabel(check)), check));
    }

    [Fact]
    public void Asking_first_needs_a_type_of_payment()
    {
        foreach (var kind in new[] { "epay_v1", "epay_v2" }.Select(k => GatewayKinds.Find(k)!))
        {
            Assert.Equal(("type", "payments.wrong.type_needed"), kind.Fault!(Values(("mode", "api"))));
            Assert.Null(kind.Fault(Values(("mode", "api"), ("type", "wxpay"))));
            Assert.Null(kind.Fault(Values(("mode", "page"))));
            Assert.Equal("page", kind.Field("mode")!.Default);
        }
    }

    [Fact]
    public void Keys_are_taken_in_each_form()
    {
        using var rsa = RSA.Create(2048);
        string[] privates =
        [
            Convert.ToBase64String(rsa.ExportPkcs8PrivateKey()), Convert.ToBase64String(rsa.ExportRSAPrivateKey()), rsa.ExportPkcs8PrivateKeyPem(), rsa.ExportRSAPrivateKeyPem(),
            rsa.ExportPkcs8PrivateKeyPem().Replace("\n", "\r\n", StringComparison.Ordinal), Convert.ToBase64String(rsa.ExportPkcs8PrivateKey(), Base64FormattingOptions.InsertLineBreaks), $"  {Convert.ToBase64String(rsa.ExportPkcs8PrivateKey())}\n",
        ];
        string[] publics = [Convert.ToBase64String(rsa.ExportSubjectPublicKeyInfo()), Convert.ToBase64String(rsa.ExportRSAPublicKey()), rsa.ExportSubjectPublicKeyInfoPem(), rsa.ExportRSAPublicKeyPem()];
        foreach (var mine in privates)
        {
            Assert.Null(RsaKeys.PrivateFault(mine));
            Assert.All(publics, theirs => Assert.True(RsaKeys.Verify(theirs, "text", RsaKeys.Sign(mine, "text"))));
        }
        Assert.All(publics, theirs => Assert.Null(RsaKeys.PublicFault(theirs)));
        Assert.False(RsaKeys.Verify(publics[0], "text", RsaKeys.Sign(privates[0], "another")));
    }

    [Fact]
    public void What_is_no_key_is_said_when_it_is_saved()
    {
        using RSA rsa = RSA.Create(2048), small = RSA.Create(512);
        using var curve = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        string[] wrong =
        [
            "", "no key", "bm8=", Convert.ToBase64String(curve.ExportPkcs8PrivateKey()), Convert.ToBase64String(curve.ExportSubjectPublicKeyInfo()), Convert.ToBase64String(small.ExportPkcs8PrivateKey()), Convert.ToBase64String(small.ExportSubjectPublicKeyInfo()),
            rsa.ExportEncryptedPkcs8PrivateKeyPem("pw", new PbeParameters(PbeEncryptionAlgorithm.Aes128Cbc, HashAlgorithmName.SHA256, 1000)), Convert.ToBase64String([.. rsa.ExportPkcs8PrivateKey(), 0]),
        ];
        Assert.All(wrong, key => Assert.Equal("payments.wrong.private_key", RsaKeys.PrivateFault(key)));
        Assert.All(wrong, key => Assert.Equal("payments.wrong.public_key", RsaKeys.PublicFault(key)));
        // One for the other.
        Assert.Equal("payments.wrong.private_key", Kept("epay_v2", "private_key", Ours.Public));
        Assert.Equal("payments.wrong.public_key", Kept("alipay", "public_key", Ours.Private));
        Assert.Throws<CryptographicException>(() => RsaKeys.Sign("no key", "text"));
    }

    [Fact]
    public void Ones_own_public_key_is_not_the_gateways()
    {
        foreach (var kind in new[] { "epay_v2", "alipay" }.Select(k => GatewayKinds.Find(k)!))
        {
            Assert.Null(kind.Fault!(Values(("private_key", Ours.Private), ("public_key", Theirs.Public))));
            Assert.Equal(("public_key", "payments.wrong.own_key"), kind.Fault(Values(("private_key", Ours.Private), ("public_key", Ours.Public))));
        }
    }

    [Fact]
    public void A_picture_is_taken_by_what_is_in_it()
    {
        var png = Convert.FromBase64String("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==");
        var picture = GatewayKinds.PictureOf(png)!;
        Assert.StartsWith("data:image/png;base64,", picture);
        Assert.Equal(picture, Kept("offline", "picture", picture));
        foreach (var wrong in new[] { "https://example.com/qr.png", "data:image/svg+xml;base64," + Convert.ToBase64String("<svg/>"u8), "data:image/png;base64," + Convert.ToBase64String("<svg/>"u8), "data:image/png;base64,!", picture.Replace("png", "jpeg", StringComparison.Ordinal), "data:text/html;base64," + Convert.ToBase64String(png) })
            Assert.Equal("payments.wrong.picture", Kept("offline", "picture", wrong));
        Assert.Null(GatewayKinds.PictureOf([]));
        var prompt = GatewayKinds.Offline.Prompt(Call(Values(("words", "Bank of X\n12345"), ("picture", picture))));
        Assert.Equal(("none", "Bank of X\n12345", picture), (prompt.Kind, prompt.Words, prompt.Picture));
        Assert.Null(GatewayKinds.Offline.Prompt(Call(Values(("words", "Bank")))).Picture);
    }

    [Fact]
    public void Balance_and_what_is_done_by_hand_call_nobody()
    {
        Assert.Null(GatewayKinds.Balance.Start);
        foreach (var kind in new[] { GatewayKinds.Offline, GatewayKinds.Balance })
            Assert.Equal((null, true, true, true, true), (kind.Route, kind.Read is null, kind.Query is null, kind.Refund is null, kind.Close is null));
    }

    [Theory]
    [InlineData("VIP 会员+1", 127, "VIP 会员+1")]
    [InlineData("  a & b\t<i>\"c\"\\'d'  ", 127, "a b i c d")]
    [InlineData("&&&", 127, "Order")]
    [InlineData("", 127, "Order")]
    [InlineData("卡密卡密", 11, "卡密…")]
    public void What_is_paid_for_is_said_in_plain_characters(string text, int most, string said) => Assert.Equal(said, GatewayFields.Subject(text, most));

    [Theory]
    [InlineData("https://pay.example/x?a=1", "https://pay.example/x?a=1")]
    [InlineData("/pay/submit/1/", "https://gate.example/pay/submit/1/")]
    [InlineData("weixin://wxpay/bizpayurl?pr=1", null)]
    [InlineData("javascript:alert(1)", null)]
    [InlineData("data:text/html,x", null)]
    [InlineData("", null)]
    public void The_payer_is_sent_to_pages_only(string link, string? expected)
    {
        Assert.Equal(expected, GatewayFields.Link("https://gate.example/epay", link));
        Assert.Equal(link.StartsWith("weixin", StringComparison.Ordinal) ? link : expected, GatewayFields.Link("https://gate.example/epay", link, application: true));
    }
}
