using System.Text.Json.Nodes;
using Gatehouse.Messaging.Channels;
using Gatehouse.Messaging.Formats;
using Gatehouse.Platform.Localization;

namespace Gatehouse.Tests.Messaging.Channels;

/// <summary>Each kind against a server that checks what it is sent, and that may answer 200 with a refusal inside.</summary>
public sealed class ChannelKindTests
{
    private static readonly ChannelText Text = new("Keys", "Alarm <b>", "Line & 1\n第二行", "bad", "https://keys.example/admin", "jobs.failed");

    [Theory]
    [InlineData("wecom_robot", """{"key":"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=k-1"}""", "/cgi-bin/webhook/send?key=k-1", """{"msgtype":"text","text":{"content":"[Keys] Alarm <b>\nLine & 1\n第二行\nhttps://keys.example/admin"}}""")]
    [InlineData("telegram", """{"bot_token":"1:AB","chat_id":"-42"}""", "/bot1:AB/sendMessage", """{"chat_id":"-42","text":"[Keys] Alarm <b>\nLine & 1\n第二行\nhttps://keys.example/admin","link_preview_options":{"is_disabled":true}}""")]
    [InlineData("bark", """{"device_key":"https://api.day.app/dev1/title"}""", "/push", """{"device_key":"dev1","title":"[Keys] Alarm <b>","body":"Line & 1\n第二行","group":"Keys","level":"timeSensitive","url":"https://keys.example/admin"}""")]
    [InlineData("serverchan", """{"send_key":"SCT1"}""", "/SCT1.send", """{"title":"[Keys] Alarm <b>","desp":"[Keys] Alarm <b>\n\nLine & 1\n\n第二行\n\nhttps://keys.example/admin"}""")]
    [InlineData("serverchan", """{"send_key":"sctp77tABC"}""", "/send/sctp77tABC.send", null)]
    [InlineData("pushplus", """{"token":"t1"}""", "/send", """{"token":"t1","title":"[Keys] Alarm <b>","content":"Line & 1\n第二行\nhttps://keys.example/admin","template":"txt"}""")]
    [InlineData("slack", """{"webhook_url":"{base}/services/T/B/X"}""", "/services/T/B/X", """{"text":"[Keys] Alarm &lt;b&gt;\nLine &amp; 1\n第二行\nhttps://keys.example/admin"}""")]
    [InlineData("discord", """{"webhook_url":"{base}/api/webhooks/1/x"}""", "/api/webhooks/1/x", """{"content":"[Keys] Alarm <b>\nLine & 1\n第二行\nhttps://keys.example/admin","allowed_mentions":{"parse":[]}}""")]
    [InlineData("feishu", """{"hook":"https://open.feishu.cn/open-apis/bot/v2/hook/h1","keyword":"Gate"}""", "/open-apis/bot/v2/hook/h1", """{"msg_type":"text","content":{"text":"Gate [Keys] Alarm <b>\nLine & 1\n第二行\nhttps://keys.example/admin"}}""")]
    [InlineData("dingtalk", """{"access_token":"d1"}""", "/robot/send?access_token=d1", """{"msgtype":"text","text":{"content":"[Keys] Alarm <b>\nLine & 1\n第二行\nhttps://keys.example/admin"},"at":{"isAtAll":false}}""")]
    public async Task It_is_said_as_the_vendor_wants_it(string kind, string settings, string target, string? body)
    {
        await using var gateway = await Gateway.Start();
        await using var exchange = await Exchange.Open();
        await Send(exchange, gateway, kind, settings);
        var got = Assert.Single(gateway.All);
        Assert.Equal(("POST", target, "application/json; charset=utf-8"), (got.Method, got.Target, got.Headers["Content-Type"]));
        if (body is not null)
            Assert.Equal(body, got.Body);
    }

    [Theory]
    [InlineData("wecom_robot", """{"key":"k"}""", 200, """{"errcode":0,"errmsg":"ok"}""", ChannelOutcome.Sent, "0 ok", 0)]
    [InlineData("wecom_robot", """{"key":"kkkk1"}""", 200, """{"errcode":93000,"errmsg":"invalid webhook url kkkk1, from ip: 1.2.3.4, more"}""", ChannelOutcome.Refused, "93000 invalid webhook url •••", 0)]
    [InlineData("wecom_robot", """{"key":"k"}""", 200, """{"errcode":45009,"errmsg":"api freq out of limit"}""", ChannelOutcome.Later, "45009 api freq out of limit", 65)]
    [InlineData("wecom_robot", """{"key":"k"}""", 200, "<html>login</html>", ChannelOutcome.Later, "200 <html>login</html>", 0)]
    [InlineData("dingtalk", """{"access_token":"d"}""", 200, """{"errcode":0,"errmsg":"ok"}""", ChannelOutcome.Sent, "0 ok", 0)]
    [InlineData("dingtalk", """{"access_token":"d"}""", 200, """{"errcode":310000,"errmsg":"keywords not in content"}""", ChannelOutcome.Refused, "310000 keywords not in content", 0)]
    [InlineData("dingtalk", """{"access_token":"d"}""", 200, """{"errcode":130101,"errmsg":"send too fast"}""", ChannelOutcome.Later, "130101 send too fast", 600)]
    [InlineData("feishu", """{"hook":"h"}""", 200, """{"code":0,"msg":"success","StatusCode":0}""", ChannelOutcome.Sent, "0 success", 0)]
    [InlineData("lark", """{"hook":"h"}""", 200, """{"StatusCode":0,"StatusMessage":"success"}""", ChannelOutcome.Sent, "0 success", 0)]
    [InlineData("feishu", """{"hook":"h"}""", 200, """{"code":19021,"msg":"sign match fail"}""", ChannelOutcome.Refused, "19021 sign match fail", 0)]
    [InlineData("feishu", """{"hook":"h"}""", 200, """{"code":11232,"msg":"frequency limited"}""", ChannelOutcome.Later, "11232 frequency limited", 60)]
    [InlineData("telegram", """{"bot_token":"1","chat_id":"1"}""", 200, """{"ok":true,"result":{}}""", ChannelOutcome.Sent, "ok", 0)]
    [InlineData("telegram", """{"bot_token":"1","chat_id":"1"}""", 429, """{"ok":false,"error_code":429,"description":"Too Many Requests","parameters":{"retry_after":37}}""", ChannelOutcome.Later, "429 Too Many Requests", 37)]
    [InlineData("telegram", """{"bot_token":"1","chat_id":"1"}""", 429, """{"ok":false,"error_code":429,"description":"Too Many Requests","parameters":{"retry_after":86400}}""", ChannelOutcome.Later, "429 Too Many Requests", 900)]
    [InlineData("telegram", """{"bot_token":"1","chat_id":"1"}""", 403, """{"ok":false,"error_code":403,"description":"Forbidden: bot was blocked by the user"}""", ChannelOutcome.Refused, "403 Forbidden: bot was blocked by the user", 0)]
    [InlineData("bark", """{"device_key":"d"}""", 200, """{"code":200,"message":"success"}""", ChannelOutcome.Sent, "200 success", 0)]
    [InlineData("bark", """{"device_key":"d"}""", 200, """{"code":400,"message":"failed to get device token"}""", ChannelOutcome.Refused, "400 failed to get device token", 0)]
    [InlineData("bark", """{"device_key":"d"}""", 500, """{"code":500,"message":"push failed"}""", ChannelOutcome.Later, "500 push failed", 0)]
    [InlineData("serverchan", """{"send_key":"S"}""", 200, """{"code":0,"message":""}""", ChannelOutcome.Sent, "0", 0)]
    [InlineData("serverchan", """{"send_key":"S"}""", 200, """{"code":40001,"message":"bad pushtoken"}""", ChannelOutcome.Refused, "40001 bad pushtoken", 0)]
    [InlineData("pushplus", """{"token":"t"}""", 200, """{"code":200,"msg":"ok","data":"x1"}""", ChannelOutcome.Sent, "200 ok", 0)]
    [InlineData("pushplus", """{"token":"t"}""", 200, """{"code":900,"msg":"limited"}""", ChannelOutcome.Refused, "900 limited", 0)]
    [InlineData("slack", """{"webhook_url":"{base}/s"}""", 200, "ok", ChannelOutcome.Sent, "200 ok", 0)]
    [InlineData("slack", """{"webhook_url":"{base}/s"}""", 200, "<html>", ChannelOutcome.Later, "200 <html>", 0)]
    [InlineData("slack", """{"webhook_url":"{base}/s"}""", 404, "no_service", ChannelOutcome.Refused, "404 no_service", 0)]
    [InlineData("slack", """{"webhook_url":"{base}/s"}""", 429, "slow", ChannelOutcome.Later, "429 slow", 7)]
    [InlineData("discord", """{"webhook_url":"{base}/d"}""", 204, "", ChannelOutcome.Sent, "204", 0)]
    [InlineData("discord", """{"webhook_url":"{base}/d"}""", 429, """{"retry_after":64000.5}""", ChannelOutcome.Later, """429 {"retry_after":64000.5}""", 60)]
    [InlineData("discord", """{"webhook_url":"{base}/d"}""", 429, """{"retry_after":0.3}""", ChannelOutcome.Later, """429 {"retry_after":0.3}""", 1)]
    [InlineData("webhook", """{"url":"{base}/w","signing_secret":"s"}""", 204, "", ChannelOutcome.Sent, "204", 0)]
    [InlineData("webhook", """{"url":"{base}/w","signing_secret":"s"}""", 404, "what?", ChannelOutcome.Later, "404 what?", 0)]
    [InlineData("webhook", """{"url":"{base}/w","signing_secret":"s"}""", 302, "", ChannelOutcome.Later, "302", 0)]
    [InlineData("webhook", """{"url":"{base}/w","signing_secret":"s"}""", 410, "no more", ChannelOutcome.Gone, "410 no more", 0)]
    [InlineData("sms_twilio", """{"account_sid":"AC1","auth_token":"t","from":"+12025550123","phone":"+8613800000000"}""", 201, """{"sid":"SM1","status":"queued"}""", ChannelOutcome.Sent, "queued SM1", 0)]
    [InlineData("sms_twilio", """{"account_sid":"AC1","auth_token":"t","from":"+12025550123","phone":"+8613800000000"}""", 400, """{"code":21608,"message":"unverified"}""", ChannelOutcome.Refused, "21608 unverified", 0)]
    [InlineData("sms_aliyun", """{"access_key_id":"A","access_key_secret":"s","sign_name":"Gate","template_code":"SMS_1","phone":"13800000000"}""", 200, """{"Code":"OK","Message":"OK"}""", ChannelOutcome.Sent, "OK OK", 0)]
    [InlineData("sms_aliyun", """{"access_key_id":"A","access_key_secret":"s","sign_name":"Gate","template_code":"SMS_1","phone":"13800000000"}""", 200, """{"Code":"isv.BUSINESS_LIMIT_CONTROL","Message":"too many"}""", ChannelOutcome.Later, "isv.BUSINESS_LIMIT_CONTROL too many", 60)]
    [InlineData("sms_aliyun", """{"access_key_id":"A","access_key_secret":"s","sign_name":"Gate","template_code":"SMS_1","phone":"13800000000"}""", 200, """{"Code":"isv.SMS_SIGNATURE_ILLEGAL","Message":"no"}""", ChannelOutcome.Refused, "isv.SMS_SIGNATURE_ILLEGAL no", 0)]
    [InlineData("sms_tencent", """{"secret_id":"A","secret_key":"s","app_id":"1","sign_name":"Gate","template_id":"2","phone":"+8613800000000"}""", 200, """{"Response":{"SendStatusSet":[{"Code":"Ok"}]}}""", ChannelOutcome.Sent, "Ok", 0)]
    [InlineData("sms_tencent", """{"secret_id":"A","secret_key":"s","app_id":"1","sign_name":"Gate","template_id":"2","phone":"+8613800000000"}""", 200, """{"Response":{"Error":{"Code":"AuthFailure.SignatureFailure","Message":"no"}}}""", ChannelOutcome.Refused, "AuthFailure.SignatureFailure no", 0)]
    [InlineData("sms_tencent", """{"secret_id":"A","secret_key":"s","app_id":"1","sign_name":"Gate","template_id":"2","phone":"+8613800000000"}""", 200, """{"Response":{"SendStatusSet":[{"Code":"LimitExceeded.PhoneNumberDailyLimit","Message":"daily"}]}}""", ChannelOutcome.Later, "LimitExceeded.PhoneNumberDailyLimit daily", 60)]
    [InlineData("template", """{"url":"{base}/t","success_path":"data.0.code","success_value":"0"}""", 200, """{"data":[{"code":0}]}""", ChannelOutcome.Sent, """200 {"data":[{"code":0}]}""", 0)]
    [InlineData("template", """{"url":"{base}/t","success_path":"data.0.code","success_value":"0"}""", 200, """{"data":[{"code":1}]}""", ChannelOutcome.Refused, """200 {"data":[{"code":1}]}""", 0)]
    [InlineData("template", """{"url":"{base}/t"}""", 503, "away", ChannelOutcome.Later, "503 away", 0)]
    public async Task What_became_of_it_is_judged_by_what_the_body_says(string kind, string settings, int status, string answer, ChannelOutcome outcome, string said, double wait)
    {
        await using var gateway = await Gateway.Start();
        await using var exchange = await Exchange.Open();
        gateway.Says(status, answer);
        if (wait == 7)
            gateway.AnswerHeaders["Retry-After"] = "7";
        if (status == 302)
            gateway.AnswerHeaders["Location"] = gateway.Address + "/elsewhere";
        var verdict = await Send(exchange, gateway, kind, settings);
        Assert.Equal((outcome, said, wait), (verdict.Outcome, Localizer.For("en")[verdict.Answer], verdict.Wait?.TotalSeconds ?? 0));
        Assert.Single(gateway.All);
    }

    [Fact]
    public async Task What_signs_its_requests_signs_them_as_they_arrive()
    {
        await using var gateway = await Gateway.Start();
        await using var exchange = await Exchange.Open();
        var now = exchange.Test.Clock.GetUtcNow();
        await Send(exchange, gateway, "dingtalk", """{"access_token":"d","sign_secret":"SEC1"}""");
        await Send(exchange, gateway, "feishu", """{"hook":"h","sign_secret":"fs"}""");
        await Send(exchange, gateway, "webhook", """{"url":"{base}/w","signing_secret":"new one","old_secret":"old one"}""");
        await Send(exchange, gateway, "sms_aliyun", """{"access_key_id":"AK","access_key_secret":"sk","sign_name":"门","template_code":"SMS_1","phone":"13800000000"}""");
        await Send(exchange, gateway, "sms_tencent", """{"secret_id":"SI","secret_key":"sk","app_id":"1","sign_name":"门","template_id":"2","phone":"13800000000"}""");
        await Send(exchange, gateway, "sms_twilio", """{"account_sid":"AC1","auth_token":"t","from":"MG1","phone":"+12025550123"}""");
        var (ding, feishu, hook, aliyun, tencent, twilio) = (gateway.All.ElementAt(0), gateway.All.ElementAt(1), gateway.All.ElementAt(2), gateway.All.ElementAt(3), gateway.All.ElementAt(4), gateway.All.ElementAt(5));

        Assert.Equal($"access_token=d&timestamp={now.ToUnixTimeMilliseconds()}&sign={Uri.EscapeDataString(RobotKinds.DingTalkSign(now.ToUnixTimeMilliseconds().ToString(), "SEC1"))}", ding.Query);
        var body = JsonNode.Parse(feishu.Body)!;
        Assert.Equal((now.ToUnixTimeSeconds().ToString(), RobotKinds.FeishuSign(now.ToUnixTimeSeconds().ToString(), "fs")), ((string?)body["timestamp"], (string?)body["sign"]));
        Assert.Equal(("jobs.failed", now.ToUnixTimeSeconds().ToString()), (hook.Headers["X-Gatehouse-Event"], hook.Headers["X-Gatehouse-Timestamp"]));
        Assert.True(Guid.TryParse(hook.Headers["X-Gatehouse-Delivery"], out _));
        Assert.Equal($"{WebKinds.WebhookSign("new one", now.ToUnixTimeSeconds().ToString(), hook.Body)},{WebKinds.WebhookSign("old one", now.ToUnixTimeSeconds().ToString(), hook.Body)}", hook.Headers["X-Gatehouse-Signature"]);
        Assert.Equal("bad", (string?)JsonNode.Parse(hook.Body)!["level"]);

        Assert.StartsWith("PhoneNumbers=13800000000&SignName=%E9%97%A8&TemplateCode=SMS_1&TemplateParam=%7B%22content%22", aliyun.Query, StringComparison.Ordinal);
        Assert.EndsWith("Signature=" + SmsKinds.AliyunSign("sk", aliyun.Host, aliyun.Query, aliyun.Headers["x-acs-date"], aliyun.Headers["x-acs-signature-nonce"]), aliyun.Headers["Authorization"], StringComparison.Ordinal);
        Assert.Equal("", aliyun.Body);
        Assert.EndsWith("Signature=" + SmsKinds.TencentSign("sk", tencent.Host, now.ToUnixTimeSeconds(), tencent.Body), tencent.Headers["Authorization"], StringComparison.Ordinal);
        Assert.Equal(("SendSms", "2021-01-11", "ap-guangzhou"), (tencent.Headers["X-TC-Action"], tencent.Headers["X-TC-Version"], tencent.Headers["X-TC-Region"]));
        Assert.Equal(("/2010-04-01/Accounts/AC1/Messages.json", "Basic " + Convert.ToBase64String("AC1:t"u8)), (twilio.Path, twilio.Headers["Authorization"]));
        Assert.StartsWith("To=%2B12025550123&MessagingServiceSid=MG1&Body=%5BKeys%5D", twilio.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_gateway_of_ones_own_is_asked_as_it_is_written_with_each_gap_filled_for_its_place()
    {
        await using var gateway = await Gateway.Start();
        await using var exchange = await Exchange.Open();
        await Send(exchange, gateway, "template", """{"url":"{base}/send?to={{to}}&text={{text}}","method":"GET","phone":"13800000000"}""");
        await Send(exchange, gateway, "template", """{"url":"{base}/json","headers":"Authorization: Bearer {{token}}\nX-Title: {{title}}","body":"{\"t\":\"{{text}}\",\"other\":\"{{nothing}}\"}","secret_token":"tok"}""");
        await Send(exchange, gateway, "template", """{"url":"{base}/form","body":"title={{title}}&level={{level}}"}""");
        var (get, json, form) = (gateway.All.ElementAt(0), gateway.All.ElementAt(1), gateway.All.ElementAt(2));
        Assert.Equal(("GET", "to=%2B8613800000000&text=Line%20%26%201%0A%E7%AC%AC%E4%BA%8C%E8%A1%8C%0Ahttps%3A%2F%2Fkeys.example%2Fadmin", ""), (get.Method, get.Query, get.Body));
        Assert.Equal("""{"t":"Line & 1\n第二行\nhttps://keys.example/admin","other":"{{nothing}}"}""", json.Body);
        Assert.Equal(("Bearer tok", "[Keys] Alarm <b>", "application/json; charset=utf-8"), (json.Headers["Authorization"], json.Headers["X-Title"], json.Headers["Content-Type"]));
        Assert.Equal(("title=%5BKeys%5D%20Alarm%20%3Cb%3E&level=bad", "application/x-www-form-urlencoded; charset=utf-8"), (form.Body, form.Headers["Content-Type"]));
    }

    [Fact]
    public async Task An_app_of_WeCom_signs_in_once_and_anew_when_its_token_is_stale()
    {
        await using var gateway = await Gateway.Start();
        await using var exchange = await Exchange.Open();
        const string Settings = """{"corp_id":"ww1","agent_id":"7","app_secret":"sec","to_user":"zhang|li"}""";
        var (given, answer) = (0, """{"errcode":0}""");
        gateway.Answer = got => Task.FromResult((200, got.Path == "/cgi-bin/gettoken" ? $$"""{"errcode":0,"access_token":"t{{++given}}","expires_in":7200}"""
            : got.Query == "access_token=t1" && given == 1 && gateway.All.Count > 3 ? """{"errcode":42001,"errmsg":"expired"}""" : answer));
        Assert.Equal(ChannelOutcome.Sent, (await Send(exchange, gateway, "wecom_app", Settings)).Outcome);
        Assert.Equal(ChannelOutcome.Sent, (await Send(exchange, gateway, "wecom_app", Settings)).Outcome);
        Assert.Equal(["/cgi-bin/gettoken?corpid=ww1&corpsecret=sec", "/cgi-bin/message/send?access_token=t1", "/cgi-bin/message/send?access_token=t1"], gateway.All.Select(g => g.Target));
        Assert.Equal("""{"touser":"zhang|li","msgtype":"text","agentid":7,"text":{"content":"[Keys] Alarm <b>\nLine & 1\n第二行\nhttps://keys.example/admin"}}""", gateway.All.ElementAt(1).Body);
        await Send(exchange, gateway, "wecom_app", Settings);
        Assert.Equal(ChannelOutcome.Sent, (await Send(exchange, gateway, "wecom_app", Settings)).Outcome);
        Assert.Equal((2, "access_token=t2"), (given, gateway.All.Last().Query));
        // Nobody of those names is there; of only one, the other has it.
        answer = """{"errcode":0,"invaliduser":"zhang|li"}""";
        Assert.Equal(ChannelOutcome.Refused, (await Send(exchange, gateway, "wecom_app", Settings)).Outcome);
        answer = """{"errcode":0,"invaliduser":"li"}""";
        Assert.Equal(ChannelOutcome.Sent, (await Send(exchange, gateway, "wecom_app", Settings)).Outcome);
        answer = """{"errcode":60020,"errmsg":"not allow to access from your ip"}""";
        Assert.Equal(ChannelOutcome.Refused, (await Send(exchange, gateway, "wecom_app", Settings)).Outcome);
    }

    [Fact]
    public async Task Long_texts_are_cut_to_what_each_takes()
    {
        await using var gateway = await Gateway.Start();
        await using var exchange = await Exchange.Open();
        var text = Text with { Body = string.Concat(Enumerable.Repeat("卡😀", 20_000)) };
        foreach (var (kind, settings, most) in new[] { ("wecom_robot", """{"key":"k"}""", 2048), ("dingtalk", """{"access_token":"d"}""", 18_000), ("feishu", """{"hook":"h"}""", 18_000), ("bark", """{"device_key":"d"}""", 2800) })
        {
            await Send(exchange, gateway, kind, settings, text);
            Assert.InRange(System.Text.Encoding.UTF8.GetByteCount(gateway.All.Last().Body), most - 10, most + 600);
            Assert.DoesNotContain('\uFFFD', gateway.All.Last().Body);
        }
        await Send(exchange, gateway, "telegram", """{"bot_token":"1","chat_id":"1"}""", text);
        Assert.InRange(((string)JsonNode.Parse(gateway.All.Last().Body)!["text"]!).Length, 4090, 4096);
        await Send(exchange, gateway, "discord", """{"webhook_url":"{base}/d"}""", text);
        Assert.InRange(((string)JsonNode.Parse(gateway.All.Last().Body)!["content"]!).Length, 1990, 2000);
    }

    [Fact]
    public async Task What_lies_in_a_private_network_is_not_called_and_what_is_not_there_is_said_so()
    {
        await using var gateway = await Gateway.Start();
        await using var closed = await Exchange.Open(allowed: "");
        foreach (var address in new[] { gateway.Address, "http://localhost:1", "http://169.254.169.254", "http://[::1]:8080" })
        {
            var verdict = await Send(closed, gateway, "webhook", $$"""{"url":"{{address}}/x","signing_secret":"s"}""");
            Assert.Equal((ChannelOutcome.Refused, "channels.fault.private"), (verdict.Outcome, verdict.Answer.Key));
        }
        Assert.Empty(gateway.All);
        await using var open = await Exchange.Open();
        // What the operator may reach, a customer may not.
        var own = await Send(open, gateway, "webhook", $$"""{"url":"{{gateway.Address}}/x","signing_secret":"s"}""", own: true);
        Assert.Equal((ChannelOutcome.Refused, "channels.fault.closed"), (own.Outcome, own.Answer.Key));
        Assert.Empty(gateway.All);
        var away = await Send(open, gateway, "webhook", """{"url":"http://127.0.0.1:1/","signing_secret":"s"}""");
        Assert.Equal((ChannelOutcome.Later, "channels.fault.connection"), (away.Outcome, away.Answer.Key));
        var plain = await Send(open, gateway, "webhook", $$"""{"url":"{{gateway.Address.Replace("http:", "https:", StringComparison.Ordinal)}}","signing_secret":"s"}""");
        Assert.Equal((ChannelOutcome.Later, "channels.fault.tls"), (plain.Outcome, plain.Answer.Key));
    }

    private static async Task<ChannelVerdict> Send(Exchange exchange, Gateway gateway, string kind, string settings, ChannelText? text = null, bool own = false)
    {
        var format = ChannelKinds.Find(kind)!;
        var given = ChannelValues.Of(settings.Replace("{base}", gateway.Address, StringComparison.Ordinal));
        if (format.Field("base_url") is not null)
            given["base_url"] = gateway.Address;
        var checks = new Gatehouse.Platform.Http.FieldChecks();
        var (open, secret) = ChannelValues.Kept(checks, format.Fields, given, new Dictionary<string, string>());
        checks.ThrowIfAny();
        return await exchange.Sender.Send(Exchange.Tenant, format, open.Concat(secret).ToDictionary(), own, text ?? Text, "en", Guid.NewGuid().ToString(), default);
    }
}
