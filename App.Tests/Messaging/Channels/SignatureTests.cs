using System.Text;
using System.Text.Json.Nodes;
using Gatehouse.Messaging.Formats;

namespace Gatehouse.Tests.Messaging.Channels;

/// <summary>Signatures by vectors that were made elsewhere, and texts cut to a vendor's limit.</summary>
public sealed class SignatureTests
{
    private const long Second = 1767225600;

    [Fact]
    public void DingTalk_signs_with_the_secret() => Assert.Equal("J0VqAiZdAAB3jVMrasGv2Brqgmu65LM0tYAK/T6BGEM=", RobotKinds.DingTalkSign("1767225600000", "SECgatehouse"));

    [Fact]
    public void Feishu_signs_nothing_under_time_and_secret() => Assert.Equal("+BhJQ7mw04CPeDaEyRiVBTr8qVEJibSkzrFvmWq69N8=", RobotKinds.FeishuSign("1767225600", "gatehouse"));

    [Fact]
    public void Aliyun_signs_the_query_and_its_own_headers() => Assert.Equal("4d75763bea3308dca9283623d49f51ec47a606183d8d110270ec73d69894dac2", SmsKinds.AliyunSign("gatehouseSecret", "dysmsapi.aliyuncs.com",
        "PhoneNumbers=13800000000&SignName=Gate&TemplateCode=SMS_1&TemplateParam=%7B%22code%22%3A%224711%22%7D", "2026-01-01T00:00:00Z", "n1"));

    [Fact]
    public void Tencent_signs_the_body_under_a_key_of_the_day() => Assert.Equal("7d8462ff4b0df39ece5605fc1cc1e8dd83b021790b34c430ec8d87e2035f8bf3", SmsKinds.TencentSign("gatehouseSecretKey", "sms.tencentcloudapi.com", Second,
        """{"PhoneNumberSet":["+8613800000000"],"SmsSdkAppId":"1400000000","SignName":"Gate","TemplateId":"123","TemplateParamSet":["4711"]}"""));

    [Theory]
    [InlineData("short", 10, "short")]
    [InlineData("0123456789", 10, "0123456789")]
    [InlineData("0123456789a", 10, "0123456…")]
    [InlineData("卡密卡密", 12, "卡密卡密")]
    [InlineData("卡密卡密", 11, "卡密…")]
    [InlineData("😀😀", 8, "😀😀")]
    [InlineData("😀😀", 7, "😀…")]
    public void A_text_is_cut_in_bytes_at_a_whole_character(string text, int most, string expected)
    {
        Assert.Equal(expected, Cut.Bytes(text, most));
        Assert.True(Encoding.UTF8.GetByteCount(expected) <= most);
    }

    [Theory]
    [InlineData("a😀\"\\b", """{"x":"a😀\"\\b"}""")]
    [InlineData("\\uD83D\\uDE00", """{"x":"\\uD83D\\uDE00"}""")]
    [InlineData("\\😀", """{"x":"\\😀"}""")]
    [InlineData("\u0001卡", """{"x":"\u0001卡"}""")]
    public void Characters_of_two_halves_go_as_they_are(string text, string json) => Assert.Equal(json, Wire.Text(new JsonObject { ["x"] = text }));

    [Theory]
    [InlineData("😀😀", 4, "😀😀")]
    [InlineData("😀😀", 3, "😀…")]
    [InlineData("😀😀😀", 4, "😀…")]
    [InlineData("abc", 2, "a…")]
    public void A_text_is_cut_in_units_at_a_whole_character(string text, int most, string expected) => Assert.Equal(expected, Cut.Units(text, most));

    [Theory]
    [InlineData("Alert", "see https://keys.example/admin now", "Alert: see now")]
    [InlineData("From", "10.1.2.3 and\nmore", "From: and more")]
    [InlineData("卡密", "一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十", "卡密: 一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十…")]
    public void What_fills_a_short_messages_gap_holds_no_address_and_is_short(string title, string body, string expected) => Assert.Equal(expected, SmsKinds.Variable(new ChannelText("Keys", title, body)));
}
