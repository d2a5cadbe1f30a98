using Gatehouse.Platform.Http;

namespace Gatehouse.Messaging.Mail;

/// <summary>What requests that need mail are refused with.</summary>
public static class MailErrors
{
    public static readonly ErrorCode NotSetUp = new(409, "MAIL_NOT_SET_UP");
    public static readonly ErrorCode Failed = new(422, "MAIL_FAILED");

    public static readonly IReadOnlyList<ErrorCode> All = [NotSetUp, Failed];
}
