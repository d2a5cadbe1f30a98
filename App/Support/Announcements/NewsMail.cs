using Gatehouse.Messaging.Mail;
using Gatehouse.Platform.Localization;

namespace Gatehouse.Support.Announcements;

/// <summary>An announcement as a mail.</summary>
internal static class NewsMail
{
    public static readonly MailTemplate Template = new("news", "mail.news.subject") { Title = "mail.news.title", Written = true };

    /// <summary>By which its words are kept while mails with them may wait.</summary>
    public static string Letter(string announcement) => "news-" + announcement;

    /// <summary>What it says, by language; a language that it does not have is left out.</summary>
    /// <param name="site">The address of the site, without a slash at its end.</param>
    public static Dictionary<string, MailText> Words(Announcement a, string site) => new[] { ("en", a.TitleEn, a.TextEn), ("zh", a.TitleZh, a.TextZh) }.Where(said => said.Item2.Length > 0)
        .ToDictionary(said => said.Item1, said => new MailText(said.Item2, $"{said.Item3}\n\n[{Localizer.For(said.Item1)["mail.news.open"]}]({site}/news#{a.Id})"));
}
