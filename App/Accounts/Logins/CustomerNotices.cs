using Gatehouse.Platform.Notices;

namespace Gatehouse.Accounts.Logins;

/// <summary>What customers are told of their own accounts, by the channels that they have.</summary>
public static class CustomerNotices
{
    /// <summary>A browser signed in that had not before.</summary>
    public static readonly NoticeKind SignIn = new("account.sign_in", NoticeKind.Warn, 110) { ForCustomers = true };

    public static readonly NoticeKind Password = new("account.password", NoticeKind.Bad, 120) { ForCustomers = true };

    /// <summary>A passkey came or went, or two-factor sign-in was switched on or off.</summary>
    public static readonly NoticeKind SecondStep = new("account.second_step", NoticeKind.Bad, 125) { ForCustomers = true };

    public static readonly IReadOnlyList<NoticeKind> All = [SignIn, Password, SecondStep];
}
