using Gatehouse.Accounts.Customers;
using Gatehouse.Accounts.Staff;
using Gatehouse.Platform.Csv;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;

namespace Gatehouse.Accounts.CustomerImport;

/// <summary>A line of a file of customers.</summary>
/// <param name="Customer">With what the line says, in the form that it is stored in.</param>
/// <param name="Password">As it was written; empty where there is none.</param>
public sealed record CustomerLine(int Line, Customer Customer, string Password)
{
    /// <summary>The first field that is wrong, and why; null where the line can be read.</summary>
    public LineFault? Fault { get; init; }

    /// <summary>What to call it: the first of its names.</summary>
    public string Named => Customer.Email ?? (Customer.Username.Length > 0 ? Customer.Username : Customer.Phone ?? Customer.DisplayName);
}

/// <summary>What is wrong with a line.</summary>
public sealed record LineFault(string Field, Message Reason);

/// <summary>
/// A file of customers: CSV with a heading that names its columns, in any order, in English or Chinese. Ours, when customers are
/// exported, is one of them.
/// </summary>
public static class CustomerFile
{
    public const int MaxLines = 10_000;

    /// <summary>Each password is hashed, which is slow on purpose.</summary>
    public const int MaxPasswords = 200;

    private const string Password = "password";

    private static readonly Dictionary<string, string> Names = new (string Column, string[] Words)[]
    {
        ("username", ["username", "user name", "login", "account", "用户名", "账号"]),
        ("email", ["email", "e-mail", "mail", "email address", "e-mail address", "邮箱", "电子邮箱", "邮箱地址"]),
        ("phone", ["phone", "phone number", "mobile", "tel", "telephone", "手机", "手机号", "电话"]),
        ("display_name", ["display name", "name", "full name", "姓名", "名称", "称呼", "昵称"]),
        ("language", ["language", "lang", "语言"]),
        ("time_zone", ["time zone", "timezone", "时区"]),
        ("note", ["note", "notes", "remark", "remarks", "comment", "备注"]),
        (Password, ["password", "密码"]),
    }.SelectMany(c => c.Words.Select(w => (Word: CsvHeading.Word(w), c.Column))).DistinctBy(n => n.Word).ToDictionary(n => n.Word, n => n.Column);

    /// <summary>The lines, in their order, each judged by itself; and the words of the heading that name no column.</summary>
    /// <exception cref="Refusal">422 on <c>content</c>: it is no such file, has no lines, or too many.</exception>
    public static (IReadOnlyList<CustomerLine> Lines, IReadOnlyList<string> NotRead) Parse(string content)
    {
        var (lines, passwords) = (new List<CustomerLine>(), 0);
        CsvHeading? heading = null;
        try
        {
            var reader = new CsvReader(new StringReader(content));
            while (reader.Read() is { } row)
            {
                if (row.Cells.All(string.IsNullOrWhiteSpace))
                    continue;
                if (heading is null)
                {
                    heading = Heading(row);
                    continue;
                }
                if (lines.Count == MaxLines)
                    throw Refusal.Field("content", "users.import.too_many", MaxLines);
                var line = Read(heading, row);
                if (line.Password.Length > 0 && ++passwords > MaxPasswords)
                    throw Refusal.Field("content", "users.import.too_many_passwords", MaxPasswords);
                lines.Add(line);
            }
        }
        catch (CsvException e)
        {
            throw Refusal.Field("content", "users.import.unreadable", e.Line, Reason(e));
        }
        if (lines.Count == 0)
            throw Refusal.Field("content", "users.import.empty");
        return (Twice(lines), heading!.Unknown);
    }

    private static CsvHeading Heading(CsvRow row) => CsvHeading.Of(row, Names) switch
    {
        { Doubled: [var column, ..] } => throw Refusal.Field("content", "users.import.two_columns", column),
        { } heading when heading.Has("email") || heading.Has("phone") || heading.Has("username") => heading,
        _ => throw Refusal.Field("content", "users.import.no_heading"),
    };

    private static CustomerLine Read(CsvHeading heading, CsvRow row)
    {
        string Cell(string column) => heading.Cell(row, column);
        string? Or(string column) => Cell(column) is { Length: > 0 } text ? text : null;
        var wanted = new Customer
        {
            Username = Cell("username"), Email = Or("email"), Phone = Or("phone"), DisplayName = Cell("display_name"), Language = Cell("language"), TimeZone = Cell("time_zone"), Note = Cell("note"),
        };
        var line = new CustomerLine(row.Line, wanted, Cell(Password));
        if (row.Cells.Skip(heading.Width).Any(c => !string.IsNullOrWhiteSpace(c)))
            return line with { Fault = new("content", new("users.import.more_cells")) };
        if (wanted is { Email: null, Phone: null, Username: "" })
            return line with { Fault = new("email", new("users.import.nameless")) };
        try
        {
            line = line with { Customer = Customer.Fields.Checked(wanted) };
        }
        catch (Refusal refusal) when (refusal.Fields.Count > 0)
        {
            var (field, reason) = refusal.Fields.First();
            return line with { Fault = new(field, reason) };
        }
        if (line.Password.Length == 0)
            return line;
        var checks = new FieldChecks();
        PasswordRules.Check(checks, Password, line.Password, line.Customer.Username);
        return checks.First is { } wrong ? line with { Fault = new(wrong.Field, wrong.Reason) }
            : line.Customer.Logins.Any(name => PasswordRules.IsName(line.Password, name)) ? line with { Fault = new(Password, new("accounts.field.password_is_name")) } : line;
    }

    // A name that stands on two lines is the first one's.
    private static List<CustomerLine> Twice(List<CustomerLine> lines)
    {
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < lines.Count; i++)
        {
            var line = lines[i];
            if (line.Fault is not null)
                continue;
            var names = Fields(line.Customer);
            if (names.FirstOrDefault(n => seen.ContainsKey(n.Name)) is { Name: { } taken } other)
                lines[i] = line with { Fault = new(other.Field, new("users.import.twice", seen[taken])) };
            else
                foreach (var (_, name) in names)
                    seen[name] = line.Line;
        }
        return lines;
    }

    /// <summary>The names that the line gives, with their fields.</summary>
    internal static IReadOnlyList<(string Field, string Name)> Fields(Customer customer) =>
        [.. new[] { ("email", customer.Email), ("phone", customer.Phone), ("username", customer.Username) }.Where(n => !string.IsNullOrEmpty(n.Item2)).Select(n => (n.Item1, n.Item2!))];

    private static Message Reason(CsvException e) => e.Fault switch
    {
        CsvFault.UnclosedQuote => new("users.import.unclosed_quote", e.Column),
        CsvFault.TextAfterQuote => new("users.import.text_after_quote", e.Column),
        CsvFault.RowTooLong or CsvFault.TooManyCells => new("users.import.row_too_long"),
        _ => new("users.import.encoding", e.Column),
    };
}
